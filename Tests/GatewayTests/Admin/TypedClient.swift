import KongCore
import KongTesting

/// Speaks to the Admin API as a client with typed structures does, Kong's Go client first of all: nothing empty is
/// sent, parents are sent whole, what was read goes back whole with what changed, and whole numbers have no point.
struct TypedClient {
    let gateway: Gateway

    /// Decoded into integers: `1.0` would be an error there.
    private static let integers: Set<String> = [
        "concurrency", "connect_timeout", "http_failures", "https_redirect_status_code", "interval", "nodeWeight",
        "port", "priority", "read_timeout", "regex_priority", "retries", "slots", "successes", "tcp_failures",
        "timeout", "timeouts", "tls_verify_depth", "ttl", "weight", "write_timeout",
    ]

    /// Created under its id when it has one, else under an id of the gateway's.
    func create(_ path: String, _ entity: JSONObject) throws -> JSONObject {
        guard let id = entity["id"]?.stringValue else { return try send("POST", path, entity) }
        return try send("PUT", "\(path)/\(id)", entity)
    }

    func get(_ path: String, _ key: String) throws -> JSONObject { try send("GET", "\(path)/\(key)") }

    /// - Parameter read: the entity as it was answered.
    func update(_ path: String, _ read: JSONObject, _ changes: JSONObject) throws -> JSONObject {
        try send("PATCH", "\(path)/\(read["id"]?.stringValue ?? "")", read.merging(changes) { $1 })
    }

    /// What is not there is deleted with the same answer.
    func delete(_ path: String, _ key: String) throws {
        let answer = try gateway.admin("DELETE", "\(path)/\(key)")
        guard answer.status == 204 else { throw HarnessError("DELETE \(path)/\(key): \(answer)") }
    }

    /// A refusal, which has a message whatever was wrong.
    func refused(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> Response {
        let answer = try gateway.admin(method, path, body)
        guard 400..<500 ~= answer.status, answer.json["message"]?.stringValue?.isEmpty == false else {
            throw HarnessError("\(method) \(path) \(body?.jsonText ?? ""): a refusal was expected, not \(answer)")
        }
        return answer
    }

    /// One page, and the offset of the next.
    /// - Parameter tags: `a,b` for both, `a/b` for either.
    func page(_ path: String, size: Int? = nil, offset: String? = nil, tags: String? = nil) throws -> (
        data: [JSONObject], offset: String?
    ) {
        let query = [size.map { "size=\($0)" }, offset.map { "offset=\($0)" }, tags.map { "tags=\($0)" }]
            .compactMap(\.self).joined(separator: "&")
        let page = try send("GET", query.isEmpty ? path : "\(path)?\(query)")
        guard case .array(let data)? = page["data"] else { throw HarnessError("GET \(path): no data: \(page)") }
        return (data.compactMap(\.objectValue), page["offset"]?.stringValue)
    }

    /// Everything, one at a time.
    func all(_ path: String) throws -> [JSONObject] {
        var all: [JSONObject] = []
        var offset: String?
        repeat {
            let page = try page(path, size: 1, offset: offset)
            all += page.data
            offset = page.offset
            guard all.count < 1000 else { throw HarnessError("GET \(path): pages have no end") }
        } while offset != nil
        return all
    }

    private func send(_ method: String, _ target: String, _ body: JSONObject? = nil) throws -> JSONObject {
        let answer = try gateway.configure(method, target, body.map { Self.withoutEmpty(.object($0)) })
        try Self.requireIntegers(answer, "\(method) \(target)")
        return answer.objectValue ?? [:]
    }

    /// A plugin's configuration is a map, and sent as it is.
    static func withoutEmpty(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return value }
        var kept: JSONObject = [:]
        for (name, member) in members {
            let member = name == "config" ? member : withoutEmpty(member)
            if ![.null, [], .object([:])].contains(member) { kept[name] = member }
        }
        return .object(kept)
    }

    private static func requireIntegers(_ value: JSONValue, _ origin: String) throws {
        switch value {
        case .object(let members):
            for (name, member) in members {
                if case .number = member, integers.contains(name) {
                    throw HarnessError("\(origin): \(name) is \(member.jsonText), clients decode an integer")
                }
                try requireIntegers(member, origin)
            }
        case .array(let elements): for element in elements { try requireIntegers(element, origin) }
        default: break
        }
    }
}
