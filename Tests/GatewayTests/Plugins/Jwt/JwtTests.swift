import Foundation
import KongCore
import KongTesting
import Testing

import enum KongPDK.Digest

@Suite("jwt")
struct JwtTests {
    private static func encode(_ bytes: [UInt8]) -> String {
        String(Base64.encode(bytes).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
    }

    private static func token(
        _ claims: JSONObject, secret: String = "sesame", header: JSONObject = ["typ": "JWT", "alg": "HS256"]
    ) -> String {
        let text = [header, claims].map { encode(JSONValue.object($0).serialized()) }.joined(separator: ".")
        let code = Digest.sha256.authenticationCode(Array(text.utf8), key: Array(secret.utf8)) ?? []
        return text + "." + encode(code)
    }

    private func protected(
        _ config: JSONObject = [:], credential: JSONObject = ["secret": "sesame"],
        _ body: (Scene) throws -> Void
    ) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("jwt", config)
            _ = try scene.gateway.create("/consumers", ["username": .string(scene.id)])
            let fields = credential.merging(["key": .string(scene.id)]) { own, _ in own }
            _ = try scene.gateway.create("/consumers/\(scene.id)/jwt", .object(fields))
            try body(scene)
        }
    }

    private func bearer(_ scene: Scene, _ token: String) throws -> Response {
        try scene.get("/", [HeaderLine("Authorization", "Bearer " + token)])
    }

    @Test("header, query and cookie; the service is told who calls")
    func places() throws {
        try protected(["cookie_names": ["t"], "uri_param_names": ["jwt", "tok"]]) { scene throws in
            let token = Self.token(["iss": .string(scene.id)])
            let seen = try bearer(scene, token)
            #expect(seen.status == 200)
            #expect(seen.received("x-consumer-username") == [scene.id])
            #expect(seen.received("x-credential-identifier") == [scene.id])
            #expect(try scene.get("/?tok=\(token)").status == 200)
            #expect(try scene.get("/", [HeaderLine("Cookie", "a=b; t=\(token)")]).status == 200)
            // The same token twice is one token.
            #expect(try scene.get("/?jwt=\(token)&tok=\(token)").status == 200)
            let two = try scene.get("/?jwt=\(token)&tok=\(token)x")
            #expect(two.status == 401)
            #expect(two.json == ["message": "Multiple tokens provided"])
        }
    }

    @Test("what is wrong with a token")
    func wrong() throws {
        try protected(["realm": "r"]) { scene throws in
            let iss: JSONObject = ["iss": .string(scene.id)]
            let good = Self.token(iss)
            let parts = good.split(separator: ".").map(String.init)
            for (token, message) in [
                ("garbage", "Bad token; invalid JSON"), (parts[0] + "." + parts[1], "Bad token; invalid JSON"),
                ("!!!.\(parts[1]).\(parts[2])", "Bad token; invalid JSON"),
                (parts[0] + "." + parts[1] + ".", "Invalid signature"),
                (parts[0] + "." + parts[1] + ".!", "Bad token; invalid signature"),
                (Self.token(iss, secret: "open"), "Invalid signature"),
                (Self.token(iss, header: ["alg": "none"]), "Bad token; invalid alg"),
                (Self.token(iss, header: ["alg": "HS512"]), "Invalid algorithm"),
                (Self.token([:]), "No mandatory 'iss' in claims"), (Self.token(["iss": ""]), "Invalid 'iss' in claims"),
                (Self.token(["iss": "nobody"]), "No credentials found for given 'iss'"),
            ] {
                let answer = try bearer(scene, token)
                #expect(answer.status == 401)
                #expect(answer.json == ["message": .string(message)])
                #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"r\", error=\"invalid_token\"")
            }
            let none = try scene.get()
            #expect(none.json == ["message": "Unauthorized"])
            #expect(none.header("WWW-Authenticate") == "Bearer realm=\"r\"")
        }
    }

    @Test("claims of time")
    func time() throws {
        try protected(["claims_to_verify": ["exp", "nbf"], "maximum_expiration": 100]) { scene throws in
            let now = Int64(Date().timeIntervalSince1970)
            func ask(_ exp: JSONValue, _ nbf: JSONValue) throws -> Response {
                try bearer(scene, Self.token(["iss": .string(scene.id), "exp": exp, "nbf": nbf]))
            }
            #expect(try ask(.integer(now + 50), .integer(now - 5)).status == 200)
            #expect(
                try ask(.integer(now - 5), .integer(now + 50)).json == [
                    "exp": "token expired", "nbf": "token not valid yet",
                ])
            #expect(try ask("soon", .integer(now)).json == ["exp": "must be a number"])
            #expect(try ask(.integer(now + 500), .integer(now)).json == ["exp": "exceeds maximum allowed expiration"])
        }
    }

    @Test("secrets in base64; another claim; the claim in the header")
    func options() throws {
        let credential: JSONObject = ["secret": .string(Self.encode(Array("sesame".utf8)))]
        try protected(["secret_is_base64": true, "key_claim_name": "kid"], credential: credential) { scene throws in
            #expect(try bearer(scene, Self.token(["kid": .string(scene.id)])).status == 200)
            let header: JSONObject = ["alg": "HS256", "kid": .string(scene.id)]
            #expect(try bearer(scene, Self.token([:], header: header)).status == 200)
        }
    }

    @Test("an HS token signed with the public key does not pass for an RS one")
    func confusion() throws {
        let pem = try String(contentsOfFile: Self.publicKey(), encoding: .utf8)
        try protected(credential: ["algorithm": "RS256", "rsa_public_key": .string(pem)]) { scene throws in
            #expect(try bearer(scene, Self.token(["iss": .string(scene.id)], secret: pem)).status == 401)
        }
    }

    private static func publicKey() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/kong-jwt-\(UUID().uuidString).pem"
        let made = try Command.run(
            ["sh", "-c", "openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out \(path) 2>/dev/null"],
            directory: "/", timeout: 30)
        guard made.status == 0 else { throw HarnessError(made.text) }
        return path
    }

    @Test("preflights on demand; anonymous takes whoever has no token")
    func preflightAndAnonymous() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.consumer("-nobody")
            let config: JSONObject = ["run_on_preflight": false, "anonymous": .string(scene.id + "-nobody")]
            try scene.plugin("jwt", config)
            #expect(try scene.get("/", method: "OPTIONS").received("x-consumer-username") == [])
            let seen = try bearer(scene, "garbage")
            #expect(seen.received("x-consumer-username") == [scene.id + "-nobody"])
        }
    }
}
