import KongCore
import Logging

/// What answers one method of one path.
public typealias RouteHandler = @Sendable (AdminRequest) async throws -> AdminReply

/// Paths as a tree of segments. A literal segment wins over a `{parameter}`.
public struct RouteTable: Sendable {
    struct Route: Sendable {
        var template: String
        var methods: [String: RouteHandler] = [:]
        var acceptsYAML = false
        /// Not one of Kong's: kept out of `/endpoints`.
        var isListed = true
        var documentation: [String: RouteDocumentation] = [:]
    }

    private final class Builder {
        var literals: [String: Builder] = [:]
        var parameter: Builder?
        var route: Route?

        var frozen: Node {
            Node(literals: literals.mapValues(\.frozen), parameter: parameter.map { [$0.frozen] } ?? [], route: route)
        }
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        /// At most one; an array because a struct cannot hold itself.
        var parameter: [Node] = []
        var route: Route?
    }

    private var root = Node()
    private(set) var templates: [String] = []
    private var pending: [String: Route] = [:]

    public init() {}

    /// Adds a method to a path such as `/services/{services}`. A later handler replaces an earlier one.
    public mutating func on(
        _ method: String, _ template: String, _ documentation: RouteDocumentation? = nil, listed: Bool = true,
        _ handler: @escaping RouteHandler
    ) {
        pending[template, default: Route(template: template)].methods[method] = handler
        if let documentation { pending[template]?.documentation[method] = documentation }
        if !listed { pending[template]?.isListed = false }
    }

    /// Puts a rule in front of a handler that is there already; without one there is nothing to rule.
    mutating func wrap(
        _ method: String, _ template: String,
        _ rule: @escaping @Sendable (AdminRequest, RouteHandler) async throws -> AdminReply
    ) {
        guard let inner = pending[template]?.methods[method] else { return }
        pending[template]?.methods[method] = { try await rule($0, inner) }
    }

    /// Kong's order of checks for bodies differs where YAML is welcome.
    public mutating func acceptYAML(_ template: String) { pending[template]?.acceptsYAML = true }

    /// Makes a generated path answer 404 to everything. Kong lists it in `/endpoints` all the same.
    public mutating func mask(_ template: String) { pending[template]?.methods = [:] }

    func handler(_ method: String, _ template: String) -> RouteHandler? { pending[template]?.methods[method] }

    /// One handler in the stead of all others, for every method of the paths that match.
    public mutating func replaceAll(where matches: (String) -> Bool, with handler: @escaping RouteHandler) {
        for template in pending.keys where matches(template) {
            for method in pending[template]?.methods.keys.map({ $0 }) ?? [] {
                pending[template]?.methods[method] = handler
            }
        }
    }

    /// Builds the tree. Call once, after the last `on`.
    public mutating func finish() {
        let builder = Builder()
        for route in pending.values {
            var node = builder
            for segment in route.template.split(separator: "/") {
                if segment.hasPrefix("{") {
                    let child = node.parameter ?? Builder()
                    node.parameter = child
                    node = child
                } else {
                    let child = node.literals[String(segment)] ?? Builder()
                    node.literals[String(segment)] = child
                    node = child
                }
            }
            node.route = route
        }
        root = builder.frozen
        templates = pending.values.filter(\.isListed).map(\.template).sorted()
    }

    /// Every operation, for the OpenAPI document.
    var operations: [(template: String, method: String, documentation: RouteDocumentation?)] {
        pending.values.flatMap { route in
            route.methods.keys.map { (route.template, $0, route.documentation[$0]) }
        }
    }

    func route(for segments: [String]) -> (route: Route, values: [String])? {
        func search(_ node: Node, _ rest: ArraySlice<String>, _ values: [String]) -> (Route, [String])? {
            guard let segment = rest.first else { return node.route.map { ($0, values) } }
            if let child = node.literals[segment], let found = search(child, rest.dropFirst(), values) { return found }
            guard !segment.isEmpty, let child = node.parameter.first else { return nil }
            return search(child, rest.dropFirst(), values + [segment])
        }
        return search(root, segments[...], [])
    }

    /// Kong's order: path, media type, method, body.
    func reply(to request: AdminRequest, logger: Logger) async -> AdminReply {
        guard let segments = request.segments else { return .message(400, "The path is not valid UTF-8") }
        guard let (route, values) = route(for: segments), !route.methods.isEmpty else { return .notFound }
        if let refusal = request.refuseMediaType(acceptsYAML: route.acceptsYAML) { return refusal }
        if request.method == "OPTIONS" { return options(route, request) }
        guard let handler = route.methods[request.method == "HEAD" ? "GET" : request.method] else {
            return .methodNotAllowed
        }
        var request = request
        let names = route.template.split(separator: "/").filter { $0.hasPrefix("{") }
        for (name, value) in zip(names, values) { request.parameters[String(name.dropFirst().dropLast())] = value }
        do {
            return try await handler(request)
        } catch let reply as AdminReply {
            return reply
        } catch let error as DataError {
            if error.httpStatus >= 500 {
                logger.error("\(request.method) \(route.template): \(error.message)")
            }
            return .error(error)
        } catch {
            logger.error("\(request.method) \(route.template): \(error)")
            return .unexpected
        }
    }

    private func options(_ route: Route, _ request: AdminRequest) -> AdminReply {
        var methods = Set(route.methods.keys).union(["OPTIONS"])
        if methods.contains("GET") { methods.insert("HEAD") }
        let list = methods.sorted().joined(separator: ", ")
        var reply = AdminReply.noContent
        reply.headers = [
            ("Allow", list), ("Access-Control-Allow-Methods", list),
            (
                "Access-Control-Allow-Headers",
                request.headers[values: .accessControlRequestHeaders].first ?? "Content-Type"
            ),
        ]
        return reply
    }
}
