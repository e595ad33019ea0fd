@testable import KongCore

// Routes, questions to them and a router of each flavour.
extension RouterFlavorsTests {
    enum Flavor: String, CaseIterable { case traditional, compatible, expressions }

    struct Route {
        var hosts: [String] = []
        var paths: [String] = []
        var methods: [String] = []
        var headers: [String: [String]] = [:]

        func definition(_ number: Int) -> RouteDefinition {
            var route = RouteDefinition(id: UUIDBytes(high: 0xE8FB_37F1_102D_461E, low: UInt64(number)))
            route.createdAt = Int64(number)
            route.hosts = hosts.map { Array($0.utf8) }
            route.paths = paths.map { Array($0.utf8) }
            route.methods = methods.map { Array($0.utf8) }
            route.headers = headers.sorted { $0.key < $1.key }.map { name, values in
                .init(name: Array(name.lowercased().utf8), values: values.map { Array($0.utf8) })
            }
            return route
        }
    }

    struct Ask {
        var method = "GET"
        var path = "/"
        var host: String?
        var headers: [(String, String)] = []
        var tls = false
        /// The number of the route, from one; nil: none.
        var finds: Int?
        var flavors = Flavor.allCases

        init(
            _ method: String = "GET", _ path: String = "/", _ host: String? = nil, _ headers: [(String, String)] = [],
            tls: Bool = false, in flavors: [Flavor] = Flavor.allCases, finds: Int?
        ) {
            self.method = method
            self.path = path
            self.host = host
            self.headers = headers
            self.tls = tls
            self.finds = finds
            self.flavors = flavors
        }
    }

    /// A router of one flavour.
    struct Subject {
        private let router = Router()
        private let expressions = ExpressionRouter()
        let flavor: Flavor

        init(_ flavor: Flavor, _ routes: [Route]) throws {
            self.flavor = flavor
            for (index, route) in routes.enumerated() {
                let definition = route.definition(index + 1)
                switch flavor {
                case .traditional:
                    for part in definition.traditional { try router.add(part, as: index + 1) }
                case .compatible: try router.add(definition.compatible, as: index + 1)
                case .expressions:
                    var route = ExpressionRoute(definition: definition)
                    route.protocols = ["http", "https"]
                    try expressions.add(route, as: index + 1)
                }
            }
        }

        func find(_ ask: Ask) -> Int? {
            let parts = ask.host?.split(separator: ":", maxSplits: 1).map(String.init) ?? []
            var port = parts.count > 1 ? UInt16(parts[1]) ?? 0 : 0
            if port == 0 && flavor == .traditional { port = ask.tls ? 443 : 80 }
            return FakeRequest.with(
                ask.path, host: parts.first, method: ask.method, headers: ask.headers, tls: ask.tls, port: port
            ) { request in
                if flavor == .expressions { return expressions.match(request)?.route }
                let query = RouteQuery(
                    path: request.path, host: request.host ?? UnsafeBufferPointer(start: nil, count: 0), port: port,
                    method: MethodSet(name: ask.method.utf8), methodName: request.method, sni: nil)
                return router.match(query) { name in
                    var values: [[UInt8]] = []
                    name.withUnsafeBufferPointer { name in
                        request.forEachHeader(name) { value in
                            values.append(ExpressionFilter.lowercased(Array(value)))
                            return true
                        }
                    }
                    return values.isEmpty ? nil : values
                }?.route
            }
        }
    }
}
