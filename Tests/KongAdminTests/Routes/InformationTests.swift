import KongCore
import Testing

@testable import KongAdmin

@Suite("Information endpoints")
struct InformationTests {
    @Test("the root tells version, plugins and settings, and counts plugins anew after a write")
    func root() async throws {
        let admin = try await AdminFixture { $0.published = ["database": "sqlite"] }
        let about = await admin.send("GET", "/")
        #expect(about["version"] == .string(KongVersion.string))
        #expect(about["configuration"]?["database"] == "sqlite")
        #expect(about["pids"] == ["master": 10, "workers": [11, 12]])
        #expect(about["plugins"]?["available_on_server"]?["key-auth"]?["priority"] == 1250)
        #expect(about["plugins"]?["enabled_in_cluster"] == [])
        _ = await admin.send("POST", "/plugins", json: ["name": "key-auth"])
        #expect(await admin.send("GET", "/")["plugins"]?["enabled_in_cluster"] == ["key-auth"])
        let plugin = await admin.send("GET", "/plugins").data.first?["id"]?.stringValue ?? ""
        _ = await admin.send("DELETE", "/plugins/\(plugin)")
        #expect(await admin.send("GET", "/")["plugins"]?["enabled_in_cluster"] == [])
    }

    @Test(
        "sizes of /status",
        arguments: [
            ("", "46.81 MiB"), ("?unit=k", "47933.44 KiB"), ("?unit=G&scale=0", "0 GiB"),
            ("?unit=m&scale=4", "46.8100 MiB"),
        ])
    func sizes(query: String, text: String) async throws {
        let status = try await AdminFixture().send("GET", "/status\(query)")
        #expect(status["memory"]?["workers_lua_vms"]?.arrayValue?.first?["http_allocated_gc"] == .string(text))
        #expect(status["server"]?["connections_active"] == 3)
        #expect(status["database"] == ["reachable": true])
    }

    @Test("unknown units are refused, bytes are numbers")
    func units() async throws {
        let admin = try await AdminFixture()
        let bytes = await admin.send("GET", "/status?unit=b")
        #expect(bytes["memory"]?["workers_lua_vms"]?.arrayValue?.first?["http_allocated_gc"] == 49_083_843)
        let refused = await admin.send("GET", "/status?unit=x")
        #expect(refused.status == 400 && refused["message"] == "invalid unit 'x' (expected 'k/K', 'm/M', or 'g/G')")
    }

    @Test("only a control plane tells of data planes, and changes the level of control planes")
    func clustering() async throws {
        let other = try await AdminFixture()
        for path in ["/clustering/data-planes", "/clustering/status"] {
            let refusal = await other.send("GET", path)
            #expect(refusal.status == 400)
            #expect(
                refusal["message"]
                    == "this endpoint is only available when Kong is configured to run as Control Plane for the cluster"
            )
        }
        let path = "/debug/cluster/control-planes-nodes/log-level/info"
        #expect(await other.send("PUT", path).status == 404)

        let admin = try await AdminFixture { $0.role = .controlPlane }
        #expect(await admin.send("GET", "/clustering/data-planes").json == ["data": [], "next": nil])
        #expect(await admin.send("GET", "/clustering/data-planes?size=0").status == 400)
        let status = await admin.send("GET", "/clustering/status")
        #expect(status.status == 200 && status.json == [:])
        #expect(await admin.send("PUT", path)["message"] == "log level changed")
        #expect(await admin.send("PUT", "/debug/cluster/log-level/info").status == 404)
    }

    @Test("the log level changes and says so")
    func logLevel() async throws {
        let admin = try await AdminFixture()
        for (method, path, status, message) in [
            ("GET", "/debug/node/log-level", 200, "log level: notice"),
            ("PUT", "/debug/node/log-level/nope", 400, "unknown log level: nope"),
            ("PUT", "/debug/node/log-level/notice", 200, "log level is already notice"),
            ("PUT", "/debug/node/log-level/info?timeout=-1", 400, "timeout must be greater than or equal to 0"),
            ("PUT", "/debug/node/log-level/info", 200, "log level changed"),
            ("GET", "/debug/node/log-level", 200, "log level: info"),
            ("PUT", "/debug/node/log-level/debug?timeout=0", 200, "log level changed"),
            ("GET", "/debug/node/log-level", 200, "log level: notice"),
        ] {
            let answer = await admin.send(method, path)
            #expect(answer.status == status && answer["message"] == .string(message), "\(method) \(path)")
        }
    }

    @Test("the Status API says when the node is ready")
    func readiness() async throws {
        let admin = try await AdminFixture()
        let table = admin.api.statusRoutes()
        func ask(_ method: String, _ body: JSONValue = [:]) async -> AdminReply {
            let request = AdminRequest(
                method: method, target: "/status/ready", headers: [.contentType: "application/json"],
                body: body.serialized())
            return await table.reply(to: request, logger: admin.api.logger)
        }
        #expect(await ask("GET").status == 200)
        #expect(await ask("POST", ["status": "x"]).status == 400)
        #expect(await ask("POST", ["status": "draining"]).status == 204)
        #expect(await ask("GET").status == 503)
    }

    @Test("schemas are shown and validate without keeping")
    func schemas() async throws {
        let admin = try await AdminFixture()
        #expect(await admin.send("GET", "/schemas/services").json?["fields"]?.arrayValue?.isEmpty == false)
        #expect(await admin.send("GET", "/schemas/none")["message"] == "No entity named 'none'")
        #expect(await admin.send("GET", "/schemas/plugins/none")["message"] == "No plugin named 'none'")
        #expect(await admin.send("GET", "/schemas/plugins/key-auth").status == 200)
        let valid = await admin.send("POST", "/schemas/services/validate", json: ["host": "a.test"])
        #expect(valid.status == 200 && valid.text == "{\"message\":\"schema validation successful\"}")
        #expect(await admin.send("POST", "/schemas/services/validate", json: [:])["code"] == 2)
        #expect(await admin.send("GET", "/services").data.isEmpty)
    }

    @Test("every documented path exists, every path is documented")
    func openAPI() async throws {
        let admin = try await AdminFixture()
        let document = await admin.send("GET", "/openapi.json")
        #expect(document.status == 200 && document["openapi"] == "3.1.0")
        let paths = document["paths"]?.objectValue ?? [:]
        let listed = await admin.send("GET", "/endpoints").data.compactMap(\.stringValue)
        #expect(listed == listed.sorted() && listed.count > 100)
        let masked: Set = ["/snis/{snis}/certificate", "/targets", "/targets/{targets}", "/targets/{targets}/upstream"]
        #expect(listed.count == 141)
        for path in listed { #expect(paths[path] != nil || masked.contains(path), "\(path)") }
        #expect(admin.routes.operations.allSatisfy { $0.documentation != nil })
    }
}
