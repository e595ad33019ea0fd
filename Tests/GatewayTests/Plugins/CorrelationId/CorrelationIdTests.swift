import KongCore
import KongTesting
import Testing

@Suite("correlation-id")
struct CorrelationIdTests {
    private func made(_ generator: JSONValue) throws -> [String] {
        var ids: [String] = []
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("correlation-id", ["generator": generator, "echo_downstream": true])
            for _ in 1...3 {
                let seen = try scene.get()
                let id = try #require(seen.received("kong-request-id").first)
                #expect(seen.all("Kong-Request-ID") == [id])
                ids.append(id)
            }
        }
        return ids
    }

    @Test("each generator's form, never the same twice")
    func generators() throws {
        let forms: [(JSONValue, String)] = [
            ("uuid", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
            ("uuid#counter", "^[0-9a-f-]{36}#[0-9]+$"),
            ("tracker", "^127\\.0\\.0\\.1-[0-9]+-[0-9]+-[0-9]+-1-[0-9]{10}\\.[0-9]{3}$"),
        ]
        for (generator, form) in forms {
            let ids = try made(generator)
            let regex = try Regex(form)
            for id in ids { #expect(try regex.wholeMatch(in: id) != nil, "\(id)") }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test("a client's own is kept; an empty one is none; without echo the client sees none")
    func given() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("correlation-id", ["header_name": "X-Trace"])
            let own = try scene.get("/", [HeaderLine("X-Trace", "mine")])
            #expect(own.received("x-trace") == ["mine"])
            #expect(own.header("X-Trace") == nil)
            let empty = try scene.get("/", [HeaderLine("X-Trace", "")])
            #expect(empty.received("x-trace").first?.isEmpty == false)
        }
    }

    @Test("an answer made by another plugin carries it too")
    func early() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("correlation-id", ["echo_downstream": true])
            try scene.plugin("key-auth")
            let refused = try scene.get()
            #expect(refused.status == 401)
            #expect(refused.header("Kong-Request-ID")?.contains("#") == true)
        }
    }
}
