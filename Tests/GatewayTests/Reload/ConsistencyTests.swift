import KongCore
import KongTesting
import Testing

@Suite("After an Admin 2xx the next request sees the change, on every worker")
struct ConsistencyTests {
    private static let workers = 4

    @Test("keep-alive connections to each of four workers")
    func eachWorker() throws {
        try withGateway(workers: Self.workers) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let connections = try gateway.connectionToEachWorker()
            #expect(connections.count == Self.workers)
            func statuses(_ path: String, _ headers: [HeaderLine] = []) throws -> Set<Int> {
                let request = Request("GET", path, headers: [HeaderLine("Host", scene.host)] + headers)
                return Set(try connections.values.map { try request.send(on: $0, port: gateway.proxyPort).status })
            }
            for turn in 0..<25 {
                let name = "r\(turn)"
                try gateway.create(
                    "/services/own/routes",
                    ["name": .string(name), "paths": [.string("/\(name)")], "hosts": ["x.test"]])
                let here = [HeaderLine("X-Turn", "\(turn)")]
                #expect(try statuses("/\(name)", here) == [200])  // the scene's own route
                try gateway.configure("PATCH", "/routes/\(name)", ["hosts": [.string(scene.host)], "methods": ["GET"]])
                try gateway.plugin("key-auth", on: "/routes/\(name)")
                #expect(try statuses("/\(name)") == [401])
                try gateway.consumer("c\(turn)", key: "k\(turn)")
                #expect(try statuses("/\(name)", [HeaderLine("apikey", "k\(turn)")]) == [200])
                try gateway.configure("DELETE", "/consumers/c\(turn)")
                #expect(try statuses("/\(name)", [HeaderLine("apikey", "k\(turn)")]) == [401])
                try gateway.configure("DELETE", "/routes/\(name)")
                #expect(try statuses("/\(name)") == [200])
            }
        }
    }

    @Test("several writers at once, fresh connections")
    func manyWriters() throws {
        try withGateway(workers: Self.workers) { gateway, upstream throws in
            try gateway.scene(upstream).route(["hosts": ["other.test"]])
            let wrong = Locked<[String]>([])
            try concurrently(6) { writer in
                for turn in 0..<20 {
                    let (old, new) = ("/w\(writer)/\(turn)/a", "/w\(writer)/\(turn)/b")
                    func check(_ path: String, _ status: Int, _ when: String) throws {
                        for _ in 0..<3 {
                            let got = try gateway.proxy("GET", path).status
                            if got != status { wrong.mutate { $0.append("\(when) \(path): \(got), not \(status)") } }
                        }
                    }
                    let id =
                        try gateway.create("/services/own/routes", ["paths": [.string(old)]])["id"]?.stringValue ?? ""
                    try check(old, 200, "made")
                    try gateway.configure("PATCH", "/routes/\(id)", ["paths": [.string(new)]])
                    try check(new, 200, "moved")
                    try check(old, 404, "moved")
                    try gateway.configure("DELETE", "/routes/\(id)")
                    try check(new, 404, "deleted")
                }
            }
            #expect(wrong.value.isEmpty, "\(wrong.value.count) wrong: \(wrong.value.prefix(3))")
        }
    }

    @Test("random changes: the router always agrees with a model of it")
    func model() throws {
        try withGateway(workers: 2) { gateway, upstream throws in
            try gateway.scene(upstream).route(["hosts": ["other.test"]])
            var random = SplitMix(seed: 42)
            var model: [String: String] = [:]  // route name → path
            let path = { (random: inout SplitMix) in
                "/" + (0...random.below(3)).map { _ in ["a", "b", "c"][random.below(3)] }.joined(separator: "/")
            }
            for step in 0..<150 {
                let name = "m\(random.below(25))"
                if model[name] == nil {
                    let wanted = path(&random)
                    guard !model.values.contains(wanted) else { continue }  // equal paths: the id decides, not the name
                    try gateway.create(
                        "/services/own/routes", ["name": .string(name), "paths": [.string(wanted)], "strip_path": true])
                    model[name] = wanted
                } else if random.below(3) == 0 {
                    try gateway.configure("DELETE", "/routes/\(name)")
                    model[name] = nil
                } else {
                    let wanted = path(&random)
                    guard !model.values.contains(wanted) else { continue }
                    try gateway.configure("PATCH", "/routes/\(name)", ["paths": [.string(wanted)]])
                    model[name] = wanted
                }
                for _ in 0..<4 {
                    let target = path(&random)
                    let best = model.values.filter { target.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
                    let response = try gateway.proxy("GET", target)
                    #expect(response.received("x-forwarded-prefix").first == best, "step \(step), \(target)")
                }
            }
        }
    }

    @Test("writes and requests at once: nothing fails, nothing is half there")
    func underLoad() throws {
        try withGateway(workers: 2) { gateway, upstream throws in
            try gateway.route(to: upstream, named: "steady", ["paths": ["/steady"]])
            let served = Locked(0)
            let load = Background(threads: 3) { _ in
                let connection = try Connection(port: gateway.proxyPort)
                for _ in 0..<50 {
                    let status = try Request("GET", "/steady/x").send(on: connection, port: gateway.proxyPort).status
                    guard status == 200 else { throw HarnessError("status \(status) while writing") }
                    served.mutate { $0 += 1 }
                }
            }
            for turn in 0..<120 {
                let id =
                    try gateway.create("/services/steady/routes", ["paths": [.string("/other\(turn)")]])["id"]?
                    .stringValue ?? ""
                if turn % 2 == 0 { try gateway.configure("DELETE", "/routes/\(id)") }
            }
            try load.stop()
            #expect(served.value > 100)
        }
    }
}

/// A small random source that gives the same numbers every time.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
