import KongCore

/// What the OpenAPI document says about one operation.
public enum RouteDocumentation: Sendable {
    case list(EntitySchema)
    case create(EntitySchema)
    case read(EntitySchema)
    case replace(EntitySchema)
    case update(EntitySchema)
    case delete(EntitySchema)
    /// - Parameter type: of the body of a success; `status` is its status.
    case other(
        String, query: [String] = [], status: Int = 200, body: Bool = false, type: String = "application/json")

    var entity: EntitySchema? {
        switch self {
        case .list(let entity), .create(let entity), .read(let entity), .replace(let entity), .update(let entity),
            .delete(let entity):
            entity
        case .other: nil
        }
    }
}
