import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A large declarative load while requests come in")
struct LargeReloadTests {
    private static let routes = 1500

    private func configuration(_ letter: String, _ upstream: EchoUpstream) -> JSONValue {
        var routes: [JSONValue] = (0..<Self.routes).map { number in
            ["name": .string("\(letter)\(number)"), "paths": [.string("/\(letter)/\(number)")]]
        }
        routes.append(["name": "steady", "paths": ["/steady"]])
        return [
            "_format_version": "3.0",
            "services": [
                [
                    "name": "s", "host": "127.0.0.1", "port": .integer(Int64(upstream.port)),
                    "routes": .array(routes),
                ]
            ],
        ]
    }

    @Test("each worker goes from the old to the new state at once; after the answer nobody sees the old one")
    func atomic() throws {
        try withGateway(workers: 2, settings: ["database": "off"]) { gateway, upstream throws in
            try gateway.configure("POST", "/config", configuration("a", upstream))
            let last = Self.routes - 1
            for (old, new) in [("a", "b"), ("b", "c")] {
                let connections = try gateway.connectionToEachWorker()
                let served = Locked(0)
                let lanes = Array(connections.values)
                let isNew = Locked(Set<Int>())
                let load = Background(threads: lanes.count) { lane in
                    func status(_ path: String) throws -> Int {
                        try Request("GET", path).send(on: lanes[lane], port: gateway.proxyPort).status
                    }
                    // Ascending by time: first is never newer than second.
                    let (oldLast, newFirst) = (try status("/\(old)/\(last)"), try status("/\(new)/0"))
                    let (newLast, oldFirst) = (try status("/\(new)/\(last)"), try status("/\(old)/0"))
                    guard try status("/steady") == 200 else { throw HarnessError("a route of both states is lost") }
                    if oldLast == 404, newFirst != 200 { throw HarnessError("neither the old nor the new state") }
                    if newFirst == 200, newLast != 200 { throw HarnessError("a part of the new state") }
                    if newLast == 200, oldFirst != 404 { throw HarnessError("the old state beside the new one") }
                    if newFirst == 200 { isNew.mutate { _ = $0.insert(lane) } }
                    if isNew.value.contains(lane), newFirst != 200 { throw HarnessError("back to the old state") }
                    served.mutate { $0 += 1 }
                }
                try eventually("requests flow") { served.value > 4 }
                try gateway.configure("POST", "/config", configuration(new, upstream))
                let others = try gateway.connectionToEachWorker()
                for (_, connection) in others {
                    let path = Request("GET", "/\(new)/\(last)")
                    #expect(try path.send(on: connection, port: gateway.proxyPort).status == 200)
                    let gone = Request("GET", "/\(old)/0")
                    #expect(try gone.send(on: connection, port: gateway.proxyPort).status == 404)
                }
                try load.stop()
            }
        }
    }
}
