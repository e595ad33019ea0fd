import Foundation
import KongCore
import KongTesting
import Testing

@Suite("basic-auth")
struct BasicAuthTests {
    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// A protected route and a consumer whose user is the scene's id, with the password `p:w`.
    private func protected(_ config: JSONObject = [:], _ body: (Scene, String) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("basic-auth", config)
            _ = try scene.gateway.create("/consumers", ["username": .string(scene.id)])
            _ = try scene.gateway.create(
                "/consumers/\(scene.id)/basic-auth", ["username": .string(scene.id), "password": "p:w"])
            try body(scene, Self.basic(scene.id, "p:w"))
        }
    }

    private func ask(_ scene: Scene, _ value: String, header: String = "Authorization") throws -> Response {
        try scene.get("/", [HeaderLine(header, value)])
    }

    @Test("the right password passes, and the service is told who calls")
    func right() throws {
        try protected { scene, right throws in
            for header in ["Authorization", "Proxy-Authorization"] {
                let seen = try ask(scene, right, header: header)
                #expect(seen.status == 200)
                #expect(seen.received("x-consumer-username") == [scene.id])
                #expect(seen.received("x-credential-identifier") == [scene.id])
            }
            #expect(try ask(scene, right).received("authorization") == [right])
            #expect(try ask(scene, "b" + right.dropFirst()).status == 200)
        }
    }

    @Test("anything else: 401 with the challenge")
    func wrong() throws {
        try protected(["realm": "staff"]) { scene, right throws in
            let wrong = [
                "", "Basic", "Basic !!!!", "Bearer abc", String(right.dropFirst(6)), Self.basic(scene.id, "p"),
                Self.basic(scene.id, ""), Self.basic("nobody", "p:w"), Self.basic("", "p:w"), "Basic bm9jb2xvbg==",
            ]
            for value in wrong {
                let response = try ask(scene, value)
                #expect(response.status == 401, "\(value)")
                #expect(response.header("WWW-Authenticate") == "Basic realm=\"staff\"")
                #expect(response.json["message"] == "Unauthorized")
            }
            #expect(try scene.get().status == 401)
        }
    }

    @Test("a proxy's own credentials do not hide the client's")
    func proxy() throws {
        try protected { scene, right throws in
            let stranger = HeaderLine("Proxy-Authorization", Self.basic("stranger", "x"))
            #expect(try scene.get("/", [stranger, HeaderLine("Authorization", right)]).status == 200)
            #expect(try scene.get("/", [stranger]).status == 401)
        }
    }

    @Test("hide_credentials: the service sees none")
    func hide() throws {
        try protected(["hide_credentials": true]) { scene, right throws in
            let seen = try ask(scene, right)
            #expect(seen.status == 200)
            #expect(seen.received("authorization") == [])
        }
    }

    @Test("a new password, and a deleted credential, count from the next request on")
    func changes() throws {
        try protected { scene, right throws in
            #expect(try ask(scene, right).status == 200)
            let path = "/consumers/\(scene.id)/basic-auth/\(scene.id)"
            try scene.gateway.configure("PATCH", path, ["password": "new"])
            #expect(try ask(scene, right).status == 401)
            #expect(try ask(scene, Self.basic(scene.id, "new")).status == 200)
            #expect(try scene.gateway.admin("DELETE", path).status == 204)
            #expect(try ask(scene, Self.basic(scene.id, "new")).status == 401)
        }
    }

    @Test("anonymous: whoever is not known is that consumer; key-auth beside it will do")
    func anonymous() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.consumer("-nobody")
            try scene.consumer()
            for name in ["basic-auth", "key-auth"] {
                try scene.plugin(name, ["anonymous": .string(scene.id + "-nobody")])
            }
            let unknown = try ask(scene, Self.basic("x", "y"))
            #expect(unknown.status == 200)
            #expect(unknown.received("x-consumer-username") == [scene.id + "-nobody"])
            #expect(unknown.received("x-anonymous-consumer") == ["true"])
            let known = try scene.get("/", key: scene.id + "-ann")
            #expect(known.received("x-consumer-username") == [scene.id + "-ann"])
            #expect(known.received("x-anonymous-consumer") == [])
            // The plugin that comes first knows nobody, the second one does.
            _ = try scene.gateway.create(
                "/consumers/\(scene.id)-ann/basic-auth", ["username": .string(scene.id), "password": "pw"])
            let second = try ask(scene, Self.basic(scene.id, "pw"))
            #expect(second.received("x-consumer-username") == [scene.id + "-ann"])
            #expect(second.received("x-anonymous-consumer") == [])
        }
    }
}
