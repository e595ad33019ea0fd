import Foundation
import KongCore
import KongTesting
import Testing

import enum KongPDK.Digest

@Suite("standard-webhooks")
struct StandardWebhooksTests {
    @Test("signed and fresh passes, all else is 400")
    func signatures() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("standard-webhooks", ["secret_v1": "s3cret", "tolerance_second": 60])
            let now = Int(Date().timeIntervalSince1970)
            func post(_ id: String?, _ time: String, _ secret: String = "s3cret", body: String = "{}") throws -> Int {
                let code = Digest.sha256.authenticationCode(
                    Array("\(id ?? "").\(time).{}".utf8), key: Array(secret.utf8))
                var headers = [
                    HeaderLine("webhook-timestamp", time),
                    HeaderLine("webhook-signature", "v1," + Base64.encode(code ?? [])),
                ]
                if let id { headers.append(HeaderLine("webhook-id", id)) }
                return try scene.get("/", method: "POST", headers, body: body).status
            }
            #expect(try post("a", "\(now)") == 200)
            #expect(try post("a", "\(now - 50)") == 200)
            #expect(try post("a", "\(now - 70)") == 400)
            #expect(try post("a", "\(now)", "other") == 400)
            #expect(try post("a", "\(now)", body: "{ }") == 400)
            #expect(try post(nil, "\(now)") == 400)
            #expect(try post("a", "soon") == 400)
            #expect(try scene.get().status == 400)
        }
    }
}
