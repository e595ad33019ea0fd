import KongCore
import Testing

@testable import KongAdmin

@Suite("Entity rules")
struct EntityRuleTests {
    @Test("consumers are found by custom_id")
    func customID() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("POST", "/consumers", json: ["username": "bob", "custom_id": "c1"])
        #expect(await admin.send("GET", "/consumers?custom_id=c1").data.count == 1)
        #expect(await admin.send("GET", "/consumers?custom_id=c2").text == "{\"data\":[],\"next\":null}")
        #expect(await admin.send("GET", "/consumers?custom_id=").status == 400)
    }

    @Test("a group is addressed by its name below its consumer")
    func groups() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("POST", "/consumers", json: ["username": "bob"])
        let made = await admin.send("PUT", "/consumers/bob/acls/g1", json: [:])
        #expect(made.status == 200 && made["group"] == "g1")
        #expect(await admin.send("PUT", "/consumers/bob/acls/g1", json: [:]).id == made.id)
        #expect(await admin.send("GET", "/consumers/bob/acls/g1").id == made.id)
        #expect(await admin.send("GET", "/consumers/bob/acls/g2").status == 404)
        #expect(await admin.send("DELETE", "/consumers/bob/acls/g1").status == 204)
        #expect(await admin.send("DELETE", "/consumers/bob/acls/g1").status == 404)
    }

    @Test("targets live below their upstream, by id or by name")
    func targets() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("POST", "/upstreams", json: ["name": "u"])
        _ = await admin.send("POST", "/upstreams", json: ["name": "v"])
        let made = await admin.send("POST", "/upstreams/u/targets", json: ["target": "a.test"])
        #expect(made.status == 201 && made["target"] == "a.test:8000")
        #expect(await admin.send("POST", "/upstreams/u/targets", json: ["target": "a.test:8000"]).status == 409)
        #expect(await admin.send("GET", "/upstreams/u/targets/a.test:8000").id == made.id)
        #expect(await admin.send("GET", "/upstreams/v/targets/\(made.id)").status == 404)
        #expect(await admin.send("PATCH", "/upstreams/u/targets/a.test:8000", json: ["weight": 5])["weight"] == 5)
        #expect(await admin.send("PUT", "/upstreams/u/targets/none:1", json: ["target": "none:1"]).status == 404)
        let health = await admin.send("GET", "/upstreams/u/health")
        #expect(health.data.first?["health"] == "HEALTHCHECKS_OFF")
        #expect(
            await admin.send("GET", "/upstreams/u/health?balancer_health=1")["data"]?["balancer_health"] == "HEALTHY")
        #expect(await admin.send("PUT", "/upstreams/u/targets/a.test:8000/healthy").status == 204)
        #expect(await admin.send("DELETE", "/upstreams/u/targets/a.test:8000").status == 204)
        for path in ["/targets", "/targets/x", "/targets/x/upstream", "/snis/x/certificate"] {
            #expect(await admin.send("GET", path).text == "{\"message\":\"Not found\"}")
        }
    }

    @Test("a target's health is what was last said of it, and counts where checks are on")
    func targetHealth() async throws {
        let admin = try await AdminFixture()
        let checks: JSONValue = ["passive": ["unhealthy": ["http_failures": 5]], "threshold": 60]
        _ = await admin.send("POST", "/upstreams", json: ["name": "u", "healthchecks": checks])
        for target in ["10.0.0.1:80", "10.0.0.2:80"] {
            _ = await admin.send("POST", "/upstreams/u/targets", json: ["target": .string(target)])
        }
        func state() async -> [String: String] {
            await admin.send("GET", "/upstreams/u/health").data.reduce(into: [:]) {
                $0[$1["target"]?.stringValue ?? ""] = $1["health"]?.stringValue
            }
        }
        func balancer() async -> JSONValue? {
            await admin.send("GET", "/upstreams/u/health?balancer_health=1")["data"]?["balancer_health"]
        }
        #expect(await state() == ["10.0.0.1:80": "HEALTHY", "10.0.0.2:80": "HEALTHY"])
        #expect(await admin.send("PUT", "/upstreams/u/targets/10.0.0.1:80/unhealthy").status == 204)
        #expect(await state() == ["10.0.0.1:80": "UNHEALTHY", "10.0.0.2:80": "HEALTHY"])
        // Half of the weight is less than the threshold of 60 percent.
        #expect(await balancer() == "UNHEALTHY")
        for address in ["10.0.0.1", "10.0.0.1:80"] {
            #expect(await admin.send("PUT", "/upstreams/u/targets/10.0.0.1:80/\(address)/healthy").status == 204)
        }
        #expect(await admin.send("PUT", "/upstreams/u/targets/10.0.0.1:80/10.0.0.9/unhealthy").status == 400)
        #expect(await admin.send("PUT", "/upstreams/u/targets/10.0.0.9:80/unhealthy").status == 404)
        #expect(await state() == ["10.0.0.1:80": "HEALTHY", "10.0.0.2:80": "HEALTHY"])
        #expect(await balancer() == "HEALTHY")
    }

    @Test("numbers that Postgres could not keep are refused, whatever the store")
    func numbers() async throws {
        let admin = try await AdminFixture()
        for time: JSONValue in [1_894_215_859_586_065_920, 253_402_300_800, 1e300] {
            let refusal = await admin.send("POST", "/key-sets", json: ["created_at": time])
            #expect(refusal.status == 400 && refusal["fields"]?["created_at"] != nil, "\(time): \(refusal.text)")
        }
        #expect(await admin.send("POST", "/key-sets", json: ["created_at": 253_402_300_799]).status == 201)
        let session: JSONObject = ["session_id": "s", "data": "d"]
        for (expires, status) in [(2_147_483_647 as JSONValue, 201), (2_147_483_648, 400), (-2_147_483_649, 400)] {
            let answer = await admin.send(
                "POST", "/sessions", json: .object(session.merging(["expires": expires]) { $1 }))
            #expect(answer.status == status)
            #expect(
                status == 201 || answer["fields"]?["expires"] == "value should be between -2147483648 and 2147483647")
        }
    }

    @Test("tags are a view")
    func tags() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("POST", "/services", json: ["host": "a.test", "tags": ["a", "ü"]])
        #expect(await admin.send("GET", "/tags/%C3%BC").data.first?["entity_name"] == "services")
        #expect(await admin.send("GET", "/tags").data.count == 2)
        let refused = await admin.send("POST", "/tags", json: ["tag": "x"])
        #expect(refused["fields"] == ["tags": "does not support insert/upsert/update/delete operations"])
        #expect(await admin.send("GET", "/tags/a%2Cb")["code"] == 10)
    }

    @Test("what Kong OSS does not have is 404, Wasm 400")
    func absent() async throws {
        let admin = try await AdminFixture()
        for path in [
            "/consumer_groups", "/mtls-auths", "/degraphql_routes", "/graphql-rate-limiting-advanced/costs",
            "/partials",
            "/cloned-plugins", "/custom-plugins", "/schemas/consumer_group_plugins", "/workspaces", "/key_sets",
        ] {
            #expect(await admin.send("GET", path).status == 404, "\(path)")
        }
        let wasm = await admin.send("GET", "/filter-chains")
        #expect(
            wasm.status == 400 && wasm.text == "{\"message\":\"this endpoint is only available when wasm is enabled\"}")
    }
}
