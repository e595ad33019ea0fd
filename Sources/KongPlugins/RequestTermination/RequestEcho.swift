import Glibc
import KongCore
import KongPDK

/// The request as the gateway saw it, for `echo`.
enum RequestEcho {
    @Worker
    static func make(_ request: any RequestBackend, message: String) -> JSONValue {
        let body = request.body ?? []
        var echo: JSONObject = [
            "scheme": .string(request.scheme), "host": text(request.host),
            "port": .integer(Int64(request.connection.serverPort)), "method": .string(request.method),
            "path": text(request.rawPath), "headers": headers(request), "query": query(request),
            "raw_body": text(body), "uri_captures": captures(request),
        ]
        if let parsed = parsed(body, request) { echo["body"] = parsed }
        var answer: JSONObject = [
            "message": .string(message), "request": .object(echo),
            "kong": [
                "node_id": .string(request.nodeID), "worker_pid": .integer(Int64(getpid())),
                "hostname": .string(hostname()),
            ],
        ]
        if let id = request.routeID, let route = request.entities.record("routes", id) {
            answer["matched_route"] = .object(route)
        }
        if let id = request.serviceID, let service = request.entities.record("services", id) {
            answer["matched_service"] = .object(service)
        }
        return .object(answer)
    }

    private static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }

    @Worker
    private static func headers(_ request: any RequestBackend) -> JSONValue {
        var out: JSONObject = [:]
        for (name, value) in request.allHeaders {
            out.append(String(decoding: name, as: UTF8.self).lowercased(), text(value))
        }
        return .object(out)
    }

    @Worker
    private static func query(_ request: any RequestBackend) -> JSONValue {
        var out: JSONObject = [:]
        for (name, value) in FormFields(request.rawQuery).all {
            out.append(String(decoding: name, as: UTF8.self), value.map(text) ?? true)
        }
        return .object(out)
    }

    @Worker
    private static func parsed(_ body: [UInt8], _ request: any RequestBackend) -> JSONValue? {
        let type = request.withHeader("Content-Type") { String(decoding: $0, as: UTF8.self) } ?? ""
        if type.hasPrefix("application/json") { return try? JSONValue(parsing: body) }
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return nil }
        var out: JSONObject = [:]
        for (name, value) in FormFields(body).all {
            out.append(String(decoding: name, as: UTF8.self), value.map(text) ?? true)
        }
        return .object(out)
    }

    /// The groups of the route's path that matched.
    @Worker
    private static func captures(_ request: any RequestBackend) -> JSONValue {
        guard let id = request.routeID, let route = request.entities.record("routes", id) else { return .object([:]) }
        let path = PathNormalization.normalize(request.rawPath)
        for case .string(let pattern) in route["paths"]?.arrayValue ?? [] where pattern.hasPrefix("~") {
            guard let regex = try? Regex2(Regex2.re2Syntax(Array(pattern.utf8.dropFirst()))),
                let found = path.withUnsafeBufferPointer({ regex.captures($0) })
            else { continue }
            return [
                "unnamed": .array(found.groups.dropFirst().map { $0.map(text) ?? false }),
                "named": .object(found.named.mapValues(text)),
            ]
        }
        return .object([:])
    }

    private static func hostname() -> String {
        var system = utsname()
        guard uname(&system) == 0 else { return "localhost" }
        return withUnsafeBytes(of: system.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension JSONObject {
    /// A name that comes again becomes a list.
    fileprivate mutating func append(_ name: String, _ value: JSONValue) {
        switch self[name] {
        case nil: self[name] = value
        case .array(let values)?: self[name] = .array(values + [value])
        case let first?: self[name] = .array([first, value])
        }
    }
}
