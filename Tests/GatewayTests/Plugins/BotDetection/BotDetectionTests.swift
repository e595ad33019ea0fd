import KongCore
import KongTesting
import Testing

@Suite("bot-detection")
struct BotDetectionTests {
    private func status(_ scene: Scene, _ agent: String) throws -> Int {
        try scene.get("/", [HeaderLine("User-Agent", agent)]).status
    }

    @Test(
        "known robots are kept out, people are not",
        arguments: [
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 403),
            ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", 403),
            ("facebookexternalhit/1.1", 403), ("SomeNewCrawler/3.0", 403), ("my-Spider", 403),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 200), ("curl/8.5.0", 200),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/126.0.0.0 Safari/537.36", 200
            ),
            ("Robotics Journal Reader", 200), ("", 200),
        ])
    func known(agent: String, wanted: Int) throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("bot-detection")
            for _ in 1...2 { #expect(try status(scene, agent) == wanted) }
        }
    }

    @Test("allow wins over deny, deny adds to what is known; a change counts at once")
    func lists() throws {
        try Shared.scene { scene throws in
            try scene.route()
            let plugin = try scene.plugin("bot-detection", ["allow": ["Googlebot"], "deny": ["^curl/", "Google"]])
            #expect(try status(scene, "Googlebot/2.1") == 200)
            #expect(try status(scene, "curl/8") == 403)
            #expect(try status(scene, "libcurl/8") == 200)
            let path = "/plugins/\(plugin["id"]?.stringValue ?? "")"
            try scene.gateway.configure("PATCH", path, ["config": ["allow": [], "deny": []]])
            #expect(try status(scene, "Googlebot/2.1") == 403)
            #expect(try status(scene, "curl/8") == 200)
        }
    }

    @Test("two User-Agent headers: 400; none: passed")
    func headers() throws {
        try Shared.scene { scene throws in
            try scene.route()
            try scene.plugin("bot-detection")
            let two = try scene.get("/", [HeaderLine("User-Agent", "a"), HeaderLine("User-Agent", "b")])
            #expect(two.status == 400)
            #expect(two.json["message"] == "Only one User-Agent header allowed")
            #expect(try scene.get().status == 200)
        }
    }
}
