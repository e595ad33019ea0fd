import KongCore
import KongTesting
import Testing

@Suite("redirect")
struct RedirectTests {
    @Test(
        "where to",
        arguments: [
            (["location": "https://new.test/a?b=c#d"], "/x?y=1", "https://new.test/a?b=c#d", 301),
            (["location": "https://new.test", "status_code": 308], "/", "https://new.test", 308),
            (
                ["location": "HTTPS://User@New.test:443/a?b=c#d", "keep_incoming_path": true], "/x/y?z=1",
                "https://User@new.test/x/y?z=1#d", 301
            ),
            (["location": "http://new.test:81/a", "keep_incoming_path": true], "/", "http://new.test:81/", 301),
        ] as [(JSONObject, String, String, Int)])
    func target(config: JSONObject, path: String, location: String, status: Int) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("redirect", config)
            let answer = try scene.get(path)
            #expect(answer.status == status)
            #expect(answer.all("Location") == [location])
            #expect(answer.text == "redirecting")
            #expect(answer.header("Content-Type") == nil)
        }
    }
}
