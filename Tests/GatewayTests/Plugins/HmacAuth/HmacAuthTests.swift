import Foundation
import KongCore
import KongTesting
import Testing

import enum KongPDK.Digest

@Suite("hmac-auth")
struct HmacAuthTests {
    private static let formatter: DateFormatter = {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }()

    private static func date(_ offset: Double = 0) -> String { formatter.string(from: Date() + offset) }

    private static func sign(
        _ user: String, _ lines: [String], _ names: String, secret: String = "sesame", _ digest: Digest = .sha256
    ) -> String {
        let text = lines.joined(separator: "\n")
        let code = digest.authenticationCode(Array(text.utf8), key: Array(secret.utf8)) ?? []
        return "hmac username=\"\(user)\", algorithm=\"hmac-\(digest)\", headers=\"\(names)\", "
            + "signature=\"\(Base64.encode(code))\""
    }

    private func protected(_ config: JSONObject = [:], _ body: (Scene) throws -> Void) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("hmac-auth", config)
            _ = try scene.gateway.create("/consumers", ["username": .string(scene.id)])
            _ = try scene.gateway.create(
                "/consumers/\(scene.id)/hmac-auth", ["username": .string(scene.id), "secret": "sesame"])
            try body(scene)
        }
    }

    private func ask(
        _ scene: Scene, _ authorization: String, date: String, target: String = "/", _ more: [HeaderLine] = [],
        method: String = "GET", body: String? = nil
    ) throws -> Response {
        try scene.get(
            target, method: method, [HeaderLine("Date", date), HeaderLine("Authorization", authorization)] + more,
            body: body)
    }

    @Test("a good signature in each algorithm; the service is told who calls", arguments: Digest.allCases)
    func good(digest: Digest) throws {
        try protected { scene throws in
            let date = Self.date()
            let lines = ["date: \(date)", "GET /a?b=1 HTTP/1.1", "@request-target: get /a?b=1"]
            let value = Self.sign(scene.id, lines, "date request-line @request-target", digest)
            let seen = try ask(scene, value, date: date, target: "/a?b=1")
            #expect(seen.status == 200)
            #expect(seen.received("x-consumer-username") == [scene.id])
            #expect(seen.received("x-credential-identifier") == [scene.id])
            #expect(try ask(scene, value, date: date, target: "/a?b=2").status == 401)
        }
    }

    @Test("what is refused, and how")
    func refused() throws {
        try protected(["clock_skew": 60, "enforce_headers": ["date", "x-a"], "realm": "r"]) { scene throws in
            func expect(_ response: Response, _ message: String) {
                #expect(response.status == 401)
                #expect(response.json["message"] == .string(message))
                #expect(response.header("WWW-Authenticate") == "hmac realm=\"r\"")
            }
            let noDate =
                "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication"
            expect(try scene.get(), "Unauthorized")
            for date in [Self.date(-120), Self.date(120), "yesterday"] {
                expect(try ask(scene, Self.sign(scene.id, ["date: \(date)"], "date"), date: date), noDate)
            }
            let date = Self.date(-30)
            let more = [HeaderLine("X-A", "1")]
            func value(_ user: String, _ secret: String) -> String {
                Self.sign(user, ["date: \(date)", "x-a: 1"], "date x-a", secret: secret)
            }
            #expect(try ask(scene, value(scene.id, "sesame"), date: date, more).status == 200)
            expect(try ask(scene, value(scene.id, "open"), date: date, more), "HMAC signature does not match")
            expect(try ask(scene, value("nobody", "sesame"), date: date, more), "HMAC signature cannot be verified")
            for other in [
                Self.sign(scene.id, ["date: \(date)"], "date"), "hmac username=\"\(scene.id)\"", "Basic eA==",
            ] {
                expect(try ask(scene, other, date: date, more), "HMAC signature cannot be verified")
            }
        }
    }

    @Test("the digest of a body; hidden credentials")
    func body() throws {
        try protected(["validate_request_body": true, "hide_credentials": true]) { scene throws in
            let date = Self.date()
            let value = Self.sign(scene.id, ["date: \(date)"], "date")
            let digest = "SHA-256=" + Base64.encode(Digest.sha256.hash(Array("hello".utf8)))
            func post(_ body: String?, _ digest: String?) throws -> Response {
                try ask(
                    scene, value, date: date, digest.map { [HeaderLine("Digest", $0)] } ?? [], method: "POST",
                    body: body)
            }
            let seen = try post("hello", digest)
            #expect(seen.status == 200)
            #expect(seen.received("authorization") == [])
            #expect(seen.json["body"] == "hello")
            #expect(try post("hallo", digest).status == 401)
            #expect(try post("hello", nil).status == 401)
            #expect(try post(nil, nil).status == 200)
        }
    }
}
