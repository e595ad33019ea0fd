import KongCore
import Testing

@testable import KongAdmin

private let one = "11111111-1111-4111-8111-111111111111"
private let two = "22222222-2222-4222-8222-222222222222"

@Suite("Generated endpoints")
struct CrudTests {
    @Test("create, read, change, replace, delete")
    func wholeLife() async throws {
        let admin = try await AdminFixture()
        let made = await admin.send("POST", "/services", json: ["name": "s", "url": "http://a.test:81/p"])
        #expect(made.status == 201)
        #expect(made["host"] == "a.test" && made["port"] == 81 && made["path"] == "/p" && made["retries"] == 5)
        #expect(await admin.send("GET", "/services/s").json == made.json)
        #expect(await admin.send("GET", "/services/\(made.id)").json == made.json)
        let changed = await admin.send("PATCH", "/services/s", json: ["retries": 2])
        #expect(changed.status == 200 && changed["retries"] == 2 && changed["host"] == "a.test")
        let replaced = await admin.send("PUT", "/services/s", json: ["host": "b.test"])
        #expect(replaced.status == 200 && replaced["retries"] == 5 && replaced.id == made.id)
        #expect(await admin.send("DELETE", "/services/s").status == 204)
        #expect(await admin.send("DELETE", "/services/s").status == 204)
        #expect(await admin.send("GET", "/services/s").text == "{\"message\":\"Not found\"}")
    }

    @Test("what is not there: 404, with code 6 for a top-level PATCH only")
    func missing() async throws {
        let admin = try await AdminFixture()
        let patch = await admin.send("PATCH", "/services/none", json: ["retries": 1])
        #expect(patch.status == 404)
        #expect(
            patch.json == [
                "code": 6, "name": "not found", "fields": ["name": "none"],
                "message": "could not find the entity with '{name=\"none\"}'",
            ])
        for (method, path) in [
            ("GET", "/services/none"), ("GET", "/services/\(one)"), ("GET", "/services/none/routes"),
            ("POST", "/services/none/routes"), ("PATCH", "/routes/none/service"), ("GET", "/consumers/none/key-auth"),
            ("POST", "/consumers/none/key-auth"), ("GET", "/acls/not-a-uuid"), ("PATCH", "/services/none/routes/x"),
        ] {
            let answer = await admin.send(method, path, json: [:])
            #expect(answer.status == 404 && answer.text == "{\"message\":\"Not found\"}", "\(method) \(path)")
        }
    }

    @Test("a name that cannot be one is refused before the store is asked")
    func invalidName() async throws {
        let answer = try await AdminFixture().send("GET", "/services/a%20b")
        #expect(answer.status == 400)
        #expect(answer["code"] == 10 && answer["name"] == "invalid unique name")
        #expect(try await AdminFixture().send("GET", "/services/a%00b").status == 400)
    }

    @Test("a child belongs to its parent alone")
    func children() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("PUT", "/services/\(one)", json: ["name": "s", "host": "a.test"])
        _ = await admin.send("PUT", "/services/\(two)", json: ["name": "t", "host": "a.test"])
        let route = await admin.send("POST", "/services/s/routes", json: ["name": "r", "paths": ["/a"]])
        #expect(route.status == 201 && route["service"] == ["id": .string(one)])
        #expect(await admin.send("GET", "/services/s/routes/r").status == 200)
        #expect(await admin.send("GET", "/services/t/routes/r").status == 404)
        #expect(await admin.send("PUT", "/services/t/routes/r", json: ["paths": ["/b"]]).status == 404)
        #expect(await admin.send("PATCH", "/services/t/routes/r", json: ["paths": ["/b"]]).status == 404)
        #expect(await admin.send("DELETE", "/services/t/routes/r").status == 404)
        #expect(await admin.send("PATCH", "/services/s/routes/r", json: ["paths": ["/b"]])["paths"] == ["/b"])
        #expect(await admin.send("DELETE", "/services/s").json?["fields"] == ["@referenced_by": "routes"])
        #expect(await admin.send("DELETE", "/services/s/routes/r").status == 204)
    }

    @Test("a parent below its child: read, changed, made and joined; never deleted")
    func parents() async throws {
        let admin = try await AdminFixture()
        _ = await admin.send("PUT", "/routes/r", json: ["paths": ["/a"]])
        #expect(await admin.send("GET", "/routes/r/service").status == 404)
        #expect(await admin.send("PATCH", "/routes/r/service", json: ["retries": 1]).status == 404)
        let made = await admin.send("PUT", "/routes/r/service", json: ["host": "made.test"])
        #expect(made.status == 200)
        #expect(await admin.send("GET", "/routes/r")["service"] == ["id": .string(made.id)])
        #expect(await admin.send("PATCH", "/routes/r/service", json: ["retries": 1])["retries"] == 1)
        #expect(await admin.send("DELETE", "/routes/r/service").status == 405)
    }

    @Test("lists are paged, and `next` keeps tags and size at the top level only")
    func paging() async throws {
        let admin = try await AdminFixture()
        for number in 0..<5 {
            _ = await admin.send(
                "POST", "/services", json: ["name": .string("s\(number)"), "host": "a.test", "tags": ["a", "b"]])
        }
        let first = await admin.send("GET", "/services?size=2&tags=a,b")
        let offset = first["offset"]?.stringValue ?? ""
        #expect(first.data.count == 2)
        #expect(first["next"] == .string("/services?offset=\(offset)&tags=a%2Cb&size=2"))
        let rest = await admin.send("GET", "/services?offset=\(offset)")
        #expect(rest.data.count == 3 && rest["next"] == .null && rest["offset"] == nil)
        let broken = await admin.send("GET", "/services?offset=!")
        #expect(broken.status == 400 && broken["code"] == 7)
        _ = await admin.send("POST", "/services/s0/routes", json: ["paths": ["/a"]])
        _ = await admin.send("POST", "/services/s0/routes", json: ["paths": ["/b"]])
        let nested = await admin.send("GET", "/services/s0/routes?size=1")
        #expect(nested["next"]?.stringValue?.hasPrefix("/services/s0/routes?offset=") == true)
        #expect(nested["next"]?.stringValue?.contains("size") == false)
    }

    @Test(
        "bad sizes and tag filters",
        arguments: [
            ("size=0", 9, "size must be an integer between 1 and 1000"), ("size=abc", 9, "size must be a number"),
            ("size=", 9, "size must be a number"), ("size=1.5", 9, "size must be an integer between 1 and 1000"),
            ("tags=a,b/c", 11, "invalid option (tags: invalid filter syntax)"),
            ("tags=a,b,c,d,e,f", 11, "invalid option (tags: cannot query more than 5 tags)"),
        ])
    func badListOptions(query: String, code: Int64, message: String) async throws {
        let answer = try await AdminFixture().send("GET", "/services?\(query)")
        #expect(answer.status == 400 && answer["code"] == .integer(code) && answer["message"] == .string(message))
    }

    @Test("a form is typed by the schema, JSON is not")
    func inference() async throws {
        let admin = try await AdminFixture()
        let made = await admin.send("POST", "/routes", form: "paths=/a&methods=GET&strip_path=false&regex_priority=3")
        #expect(made["paths"] == ["/a"] && made["strip_path"] == false && made["regex_priority"] == 3)
        let refused = await admin.send("POST", "/services", json: ["host": "a.test", "port": "80"])
        #expect(refused.json?["fields"] == ["port": "expected an integer"])
    }

    @Test("without a database every write is refused, after validation")
    func readOnly() async throws {
        let admin = try await AdminFixture(database: "off")
        let create = await admin.send("POST", "/services", json: ["host": "a.test"])
        #expect(create.status == 405)
        #expect(create["message"] == "cannot create 'services' entities when not using a database")
        #expect(await admin.send("POST", "/services", json: [:]).status == 400)
        let put = await admin.send("PUT", "/services/a", json: ["host": "a.test"])
        #expect(put["message"] == "cannot create or update 'services' entities by 'name' when not using a database")
        #expect(await admin.send("DELETE", "/services/none").status == 204)
    }
}
