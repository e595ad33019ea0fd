import KongCore

/// A route as the request path needs it. Immutable but for its plugin chain, which is made on first use.
final class RouteEntry {
    let id: UUIDBytes
    let service: ServiceEntry?
    let stripPath: Bool
    let preserveHost: Bool
    let requestBuffering: Bool
    let responseBuffering: Bool
    /// Answers plain http with `redirectStatus` (426: an error body).
    let httpsOnly: Bool
    let redirectStatus: Int
    let grpc: Bool
    let name: String?
    /// `path_handling`; heeded in the `traditional` flavour only.
    let usesPathHandlingV1: Bool

    /// Valid for `chainGeneration`; see `PluginTable`.
    var chain: PluginChain?
    var isChainEmpty = false
    var chainGeneration: UInt64 = 0

    struct Row {
        var definition: RouteDefinition
        var service: UUIDBytes?
        var stripPath = true
        var preserveHost = false
        var requestBuffering = true
        var responseBuffering = true
        var redirectStatus: Int64 = 426
        var protocols: RouteProtocols = []
        var name: String?
        var usesPathHandlingV1 = false
        /// Of the `expressions` flavour.
        var expression: String?
        var priority: Int64 = 0
        var sources: [ExpressionRoute.Endpoint] = []
        var destinations: [ExpressionRoute.Endpoint] = []

        /// A route of layer 4 has nothing to match an HTTP request by: it must not match them all.
        var isForHTTP: Bool { protocols.isEmpty || !protocols.isDisjoint(with: .layer7) }

        /// Without anything to match by, a route would match every request.
        func reasonToLeaveOut(flavor: String) -> String? {
            let isClassic =
                !definition.hosts.isEmpty || !definition.paths.isEmpty || !definition.methods.isEmpty
                || !definition.headers.isEmpty || !definition.snis.isEmpty
            let hasAddresses = !sources.isEmpty || !destinations.isEmpty
            if flavor == "expressions" {
                return expression != nil || isClassic || hasAddresses ? nil : "it has nothing to match requests by"
            }
            if expression != nil || hasAddresses {
                let field = expression != nil ? "an expression" : "sources or destinations"
                return "it has \(field), which HTTP routes match by only with router_flavor = expressions"
            }
            return isClassic ? nil : "it has nothing to match requests by"
        }

        /// As the `expressions` flavour sees it.
        var expressionRoute: ExpressionRoute {
            var route = ExpressionRoute(definition: definition)
            route.protocols = protocols.names
            route.expression = expression
            route.priority = priority
            route.sources = sources
            route.destinations = destinations
            return route
        }

        init?(id: UUIDBytes, row: UnsafeRawBufferPointer) {
            definition = RouteDefinition(id: id)
            var reader = RowReader(row)
            for _ in 0..<reader.mapCount() {
                guard let key = reader.stringBytes() else { return nil }
                read(key, &reader)
            }
        }

        private mutating func read(_ key: UnsafeBufferPointer<UInt8>, _ reader: inout RowReader) {
            if key.isText("methods") {
                definition.methods = Self.strings(&reader)
            } else if key.isText("hosts") {
                definition.hosts = Self.strings(&reader)
            } else if key.isText("paths") {
                definition.paths = Self.strings(&reader)
            } else if key.isText("snis") {
                definition.snis = Self.strings(&reader)
            } else if key.isText("headers") {
                for _ in 0..<reader.mapCount() {
                    let name = reader.stringBytes().map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
                    definition.headers.append(.init(name: Array(name.utf8), values: Self.strings(&reader)))
                }
            } else if key.isText("regex_priority") {
                definition.regexPriority = reader.integer() ?? 0
            } else if key.isText("created_at") {
                definition.createdAt = reader.integer() ?? 0
            } else if key.isText("service") {
                for _ in 0..<reader.mapCount() {
                    let isID = reader.stringBytes()?.isText("id") ?? false
                    if isID { service = reader.stringBytes().flatMap { UUIDBytes($0) } } else { reader.skip() }
                }
            } else if key.isText("protocols") {
                for _ in 0..<reader.arrayCount() {
                    if let name = reader.stringBytes() { protocols.formUnion(RouteProtocols(name)) }
                }
            } else {
                readBehaviour(key, &reader)
            }
        }

        private mutating func readBehaviour(_ key: UnsafeBufferPointer<UInt8>, _ reader: inout RowReader) {
            if key.isText("strip_path") {
                stripPath = reader.bool() ?? true
            } else if key.isText("preserve_host") {
                preserveHost = reader.bool() ?? false
            } else if key.isText("request_buffering") {
                requestBuffering = reader.bool() ?? true
            } else if key.isText("response_buffering") {
                responseBuffering = reader.bool() ?? true
            } else if key.isText("https_redirect_status_code") {
                redirectStatus = reader.integer() ?? 426
            } else if key.isText("name") {
                name = reader.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            } else if key.isText("path_handling") {
                usesPathHandlingV1 = reader.stringBytes()?.isText("v1") ?? false
            } else if key.isText("expression") {
                expression = reader.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            } else if key.isText("priority") {
                priority = reader.integer() ?? 0
            } else if key.isText("sources") {
                sources = Self.endpoints(&reader)
            } else if key.isText("destinations") {
                destinations = Self.endpoints(&reader)
            } else {
                reader.skip()
            }
        }

        private static func endpoints(_ reader: inout RowReader) -> [ExpressionRoute.Endpoint] {
            (0..<reader.arrayCount()).map { _ in
                var endpoint = ExpressionRoute.Endpoint(ip: nil, port: nil)
                for _ in 0..<reader.mapCount() {
                    switch reader.stringBytes().map({ String(decoding: $0, as: UTF8.self) }) {
                    case "ip": endpoint.ip = reader.stringBytes().map { String(decoding: $0, as: UTF8.self) }
                    case "port": endpoint.port = reader.integer()
                    default: reader.skip()
                    }
                }
                return endpoint
            }
        }

        private static func strings(_ reader: inout RowReader) -> [[UInt8]] {
            var out: [[UInt8]] = []
            for _ in 0..<reader.arrayCount() {
                if let text = reader.stringBytes() { out.append(Array(text)) }
            }
            return out
        }
    }

    init(_ row: Row, service: ServiceEntry?) {
        id = row.definition.id
        self.service = service
        stripPath = row.stripPath
        preserveHost = row.preserveHost
        requestBuffering = row.requestBuffering
        responseBuffering = row.responseBuffering
        let speaks = row.protocols.contains
        httpsOnly = (speaks(.https) && !speaks(.http)) || (speaks(.grpcs) && !speaks(.grpc))
        grpc = speaks(.grpc) || speaks(.grpcs)
        redirectStatus = Int(row.redirectStatus)
        name = row.name
        usesPathHandlingV1 = row.usesPathHandlingV1
    }
}
