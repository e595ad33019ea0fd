import Foundation
import KongCore
import KongTesting

/// Writes routes, one after the other, and remembers what was said about each.
final class PostgresWrites: Sendable {
    struct Outcome: Sendable {
        var name: String
        /// Of which gateway.
        var index: Int
        var status: Int
        var began: Double
        var seconds: Double
    }

    private let outcomes = Locked<[Outcome]>([])
    private let work: Background

    /// - Parameter perSecond: on each gateway, about.
    init(on gateways: [Gateway], perSecond: Double) {
        work = Background(threads: gateways.count) { [outcomes] index in
            let name = "w\(index)-\(UInt32.random(in: 0...UInt32.max))"
            let began = Clock.now
            let answer = try gateways[index].admin(
                "POST", "/services/own/routes",
                ["name": .string(name), "paths": [.string("/" + name)], "tags": [.string(name), "all"]])
            let seconds = Clock.now - began
            outcomes.mutate {
                $0.append(
                    Outcome(
                        name: name, index: index, status: answer.status, began: began, seconds: seconds))
            }
            usleep(UInt32(max(0, 1 / perSecond - seconds) * 1_000_000))
        }
    }

    var all: [Outcome] { outcomes.value }
    var acknowledged: [Outcome] { all.filter { $0.status == 201 } }

    /// Waits until each gateway has refused a write that began after `moment`. From then on it knows that Postgres is
    /// away, and refuses at once: nobody waits for pg_timeout, a second.
    func expectRefusals(of gateways: Int, since moment: Double) throws {
        try eventually("every gateway refuses") {
            Set(all.filter { $0.began > moment && $0.status == 503 }.map(\.index)).count == gateways
        }
        let known = Clock.now
        try eventually("more are refused") { all.count { $0.began > known } >= 40 }
        let others = all.filter { $0.began > known && ($0.status != 503 || $0.seconds >= Self.atOnce) }
        guard others.isEmpty else { throw HarnessError("not refused at once: \(others)") }
    }

    /// Those that began after `moment` and waited.
    func slow(since moment: Double) -> [Outcome] { all.filter { $0.began > moment && $0.seconds >= Self.atOnce } }

    private static let atOnce = 0.9

    func waitForMore(_ count: Int, within seconds: Double = 60) throws {
        let wanted = acknowledged.count + count
        try eventually("\(count) more writes", within: seconds) { acknowledged.count >= wanted }
    }

    /// Ends the writing and checks what must always hold: everything acknowledged is stored, nothing in part, and
    /// every gateway serves what is stored and nothing else.
    func verify(_ postgres: PostgresScene, _ gateways: [Gateway]) throws {
        try work.stop()
        let stored = Set(try postgres.query("SELECT name FROM routes WHERE name LIKE 'w%'"))
        let lost = Set(acknowledged.map(\.name)).subtracting(stored)
        guard lost.isEmpty else { throw HarnessError("acknowledged and lost: \(lost.sorted())") }
        let odd = Set(all.map(\.status)).subtracting([201, 503])
        guard odd.isEmpty else { throw HarnessError("answers with \(odd)") }
        let torn = try postgres.query(
            """
            SELECT name FROM routes LEFT JOIN tags ON entity_id = routes.id
            WHERE name LIKE 'w%' AND (entity_id IS NULL OR NOT name = ANY (tags.tags))
            """)
        guard torn.isEmpty else { throw HarnessError("stored in part: \(torn)") }
        for gateway in gateways {
            for name in all.map(\.name) {
                let wanted = stored.contains(name) ? 200 : 404
                try eventually("/\(name) is \(wanted) on \(gateway.proxyPort)") {
                    try gateway.proxy("GET", "/" + name).status == wanted
                }
            }
        }
    }
}

/// Requests through a gateway that must all be answered with 200.
final class SteadyLoad: Sendable {
    private let work: Background
    let count = Locked(0)

    init(_ scene: Scene) {
        work = Background { [count] _ in
            let status = try scene.get().status
            guard status == 200 else { throw HarnessError("the proxy answered \(status)") }
            count.mutate { $0 += 1 }
            usleep(5000)
        }
    }

    func stop() throws {
        try work.stop()
        guard count.value > 0 else { throw HarnessError("no load ran") }
    }
}
