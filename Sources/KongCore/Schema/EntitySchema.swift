/// Everything the product knows about one kind of entity; stores, the REST API and documents are driven by it.
///
/// A class, because it is passed with every record and never changes.
public final class EntitySchema: Sendable {
    /// The plural name: `"services"`.
    public let name: String
    public let tableName: String
    public let primaryKey: [String]
    /// The unique field that addresses an entity in a path beside its id.
    public let endpointKey: String?
    /// The fields that are unique together; empty when there are none.
    public let cacheKey: [String]
    /// Whether entities may expire.
    public let ttl: Bool
    public let workspaceable: Bool
    /// The collection in a top-level path: `"key-auths"`.
    public let adminName: String
    /// The collection below a parent: `"key-auth"`.
    public let adminNestedName: String
    public let generateAdminAPI: Bool
    public let dbExport: Bool
    /// The plugin that declares this entity.
    public let ownerPlugin: String?
    public let record: RecordSchema
    /// The foreign fields with the entities they refer to.
    public let foreignFields: [(field: FieldSchema, entity: String)]
    /// Fields that are unique on their own.
    public let uniqueFields: [FieldSchema]
    /// The field whose value chooses a subschema.
    public let subschemaKey: String?
    /// The message for an unknown subschema; `%s` stands for its name.
    public let subschemaError: String?
    /// Where subschemas come from.
    public let subschemas: (@Sendable (_ name: String, _ context: SchemaContext) -> Subschema?)?
    /// Refuses an entity that is valid but cannot be served.
    public let refusal: (@Sendable (_ entity: JSONObject, _ context: SchemaContext) -> Violations?)?
    /// Run in order on the validated entity before it is stored.
    public let transformations: [EntityTransformation]

    public init(
        _ name: String, tableName: String? = nil, primaryKey: [String] = ["id"], endpointKey: String? = nil,
        cacheKey: [String] = [], ttl: Bool = false, workspaceable: Bool = true, adminName: String? = nil,
        adminNestedName: String? = nil, generateAdminAPI: Bool = true, dbExport: Bool = true,
        ownerPlugin: String? = nil, subschemaKey: String? = nil, subschemaError: String? = nil,
        subschemas: (@Sendable (String, SchemaContext) -> Subschema?)? = nil,
        refusal: (@Sendable (JSONObject, SchemaContext) -> Violations?)? = nil,
        transformations: [EntityTransformation] = [], record: RecordSchema
    ) {
        self.name = name
        self.tableName = tableName ?? name
        self.primaryKey = primaryKey
        self.endpointKey = endpointKey
        self.cacheKey = cacheKey
        self.ttl = ttl
        self.workspaceable = workspaceable
        self.adminName = adminName ?? name
        self.adminNestedName = adminNestedName ?? adminName ?? name
        self.generateAdminAPI = generateAdminAPI
        self.dbExport = dbExport
        self.ownerPlugin = ownerPlugin
        self.subschemaKey = subschemaKey
        self.subschemaError = subschemaError
        self.subschemas = subschemas
        self.refusal = refusal
        self.transformations = transformations
        self.record = record
        foreignFields = record.fields.compactMap { field in field.type.reference.map { (field, $0) } }
        uniqueFields = record.fields.filter(\.unique)
    }

    public var isTaggable: Bool { record.field("tags") != nil }
}

/// The part of a schema that depends on the value of `subschemaKey`.
public struct Subschema: Sendable {
    /// Replace the fields of the same name.
    public let record: RecordSchema

    public init(fields: [FieldSchema], checks: [EntityCheck] = []) {
        self.record = RecordSchema(fields, checks: checks)
    }
}

/// Rewrites a validated entity, for instance to hash a secret.
public struct EntityTransformation: Sendable {
    /// Runs only if the client sent all of these.
    public var input: [String]
    /// Runs only if the entity has all of these; dotted paths.
    public var needs: [String]
    public var apply: @Sendable (inout JSONObject, SchemaContext) throws(Violations) -> Void

    public init(
        input: [String], needs: [String] = [],
        _ apply: @escaping @Sendable (inout JSONObject, SchemaContext) throws(Violations) -> Void
    ) {
        self.input = input
        self.needs = needs
        self.apply = apply
    }
}
