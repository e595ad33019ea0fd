import KongCore

// `/debug`: the log level of the node (admin-api 11).

extension AdminAPI {
    private static let setLevel = RouteDocumentation.other(
        "Changes the level of the error log for a while.", query: ["timeout"], body: true)

    func addNodeRoutes(to table: inout RouteTable) {
        table.on("GET", "/debug/node/log-level", .other("The level of the error log.")) { _ in
            .message(200, "log level: \(await node.logLevel())")
        }
        table.on("PUT", "/debug/node/log-level/{log_level}", Self.setLevel) { try await setLogLevel($0) }
        if !configuration.isDeclarative {
            let others = configuration.role == .controlPlane ? "/control-planes-nodes" : ""
            table.on("PUT", "/debug/cluster\(others)/log-level/{log_level}", Self.setLevel) {
                try await setLogLevel($0)
            }
        }
    }

    private func setLogLevel(_ request: AdminRequest) async throws -> AdminReply {
        if configuration.isDeclarative {
            return .message(405, "cannot change log level when not using a database")
        }
        let level = request.parameters["log_level"] ?? ""
        guard NodeLogLevel.names.contains(level) else { return .message(400, "unknown log level: \(level)") }
        let timeout = try timeout(request)
        guard timeout >= 0 else { return .message(400, "timeout must be greater than or equal to 0") }
        if await node.logLevel() == level { return .message(200, "log level is already \(level)") }
        do {
            try await node.setLogLevel(timeout == 0 ? configuration.logLevel : level, timeout: timeout)
        } catch {
            return .message(500, "failed setting log level: \(error)")
        }
        return .message(200, "log level changed")
    }

    /// Whole seconds, rounded up; what is no number is the default of 60.
    private func timeout(_ request: AdminRequest) throws -> Int {
        let body = try request.arguments().object["timeout"]
        let text = request.query["timeout"] ?? body?.stringValue
        let number = text.map { LuaNumber.parse($0) } ?? body?.doubleValue
        guard let number else { return 60 }
        return Int(exactly: number.rounded(.up)) ?? 60
    }
}
