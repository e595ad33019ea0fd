import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Killed at random moments under 50 writes a second")
struct KillStormTests {
    /// More by hand: `KONG_TEST_KILL_ROUNDS=200`.
    private static let rounds = Int(ProcessInfo.processInfo.environment["KONG_TEST_KILL_ROUNDS"] ?? "") ?? 9

    @Test("the admin process, workers too: what was acknowledged is there, on every worker; no request fails")
    func adminAndWorkers() throws {
        try withGateway(workers: 2, workersChanged: true, allowing: ["exited on signal 9"]) {
            gateway, upstream throws in
            try gateway.scene(upstream).route()
            let ledger = Ledger()
            let requests = SteadyRequests(gateway, host: "own.test")
            var random = SplitMix(seed: 2026)
            for round in 0..<Self.rounds {
                // Every fourth round a worker dies as well: its connections may be lost, no answer may be wrong.
                let killsWorker = round % 4 == 3
                requests.mayLoseConnections(killsWorker)
                let writers = Writers(gateway, ledger, round: round)
                let end = Clock.now + 0.05 + Double(random.below(400)) / 1000
                while Clock.now < end { usleep(1000) }
                let admin = try #require(gateway.adminPID)
                if killsWorker, let worker = gateway.workers.first { kill(worker, SIGKILL) }
                kill(admin, SIGKILL)
                try writers.stop()
                try eventually("it is dead") { !Processes.isAlive(admin) }
                let done = try gateway.kong(["start"])
                #expect(done.status == 0, "\(done.text)")
                try eventually("both workers run") { gateway.workers.count == 2 }
                try ledger.verify(gateway, round: round)
            }
            try requests.stop()
            try ledger.verify(gateway, round: nil)
            #expect(ledger.count > Self.rounds * 2, "too few writes to prove anything")
        }
    }

    @Test("the master: start ends what it left and serves again, with everything")
    func master() throws {
        try withGateway(workers: 2, workersChanged: true) { gateway, upstream throws in
            try gateway.scene(upstream).route()
            let ledger = Ledger()
            for round in 0..<2 {
                let writers = Writers(gateway, ledger, round: round)
                usleep(200_000)
                let (master, workers) = (try #require(gateway.masterPID), gateway.workers)
                kill(master, SIGKILL)
                if round == 1 { kill(try #require(gateway.adminPID), SIGKILL) }
                try writers.stop()
                try eventually("it is dead") { !Processes.isAlive(master) }
                // Nobody replaces the workers now, but they serve.
                #expect(try gateway.scene(upstream).get().status == 200)
                let done = try gateway.kong(["start"])
                #expect(done.status == 0, "\(done.text)")
                #expect(done.errors.contains("nginx's master is gone, 2 of its workers still serve: replacing them"))
                try eventually("new workers run") {
                    gateway.workers.count == 2 && Set(gateway.workers).isDisjoint(with: workers)
                }
                try eventually("the old ones end") { workers.allSatisfy { !Processes.isAlive($0) } }
                try ledger.verify(gateway, round: nil)
                gateway.accept()
            }
            let (master, workers) = (try #require(gateway.masterPID), gateway.workers)
            kill(master, SIGKILL)
            try eventually("it is dead") { !Processes.isAlive(master) }
            #expect(try gateway.kong(["stop"]).status == 0)
            try eventually("the workers end") { workers.allSatisfy { !Processes.isAlive($0) } }
            try gateway.start()
        }
    }
}

/// Requests that must go on whatever is killed.
private final class SteadyRequests: Sendable {
    private let background: Background
    private let mayLose: Locked<Bool>

    init(_ gateway: Gateway, host: String) {
        let mayLose = Locked(false)
        self.mayLose = mayLose
        background = Background(threads: 2) { _ in
            let answer: Response
            do {
                answer = try Request("GET", "/", headers: [HeaderLine("Host", host)]).send(port: gateway.proxyPort)
            } catch {
                if mayLose.value { return }
                throw error
            }
            guard answer.status == 200 else { throw HarnessError("the proxy said \(answer.status)") }
            usleep(2000)
        }
    }

    func mayLoseConnections(_ may: Bool) { mayLose.mutate { $0 = may } }
    func stop() throws { try background.stop() }
}

/// What clients were told.
private final class Ledger: Sendable {
    private struct State {
        /// Route name → the path that was acknowledged last; nil: its deletion was.
        var acknowledged: [String: String?] = [:]
        /// A write to it was not answered: it may have either outcome.
        var uncertain: Set<String> = []
        var byRound: [Int: [String]] = [:]
    }

    private let state = Locked(State())

    var count: Int { state.value.acknowledged.count }

    func note(_ name: String, _ path: String?, round: Int) {
        state.mutate {
            $0.acknowledged[name] = .some(path)
            $0.byRound[round, default: []].append(name)
        }
    }

    func unanswered(_ name: String) { state.mutate { _ = $0.uncertain.insert(name) } }

    /// Of one round by each worker; of all rounds by a few requests.
    func verify(_ gateway: Gateway, round: Int?) throws {
        let state = self.state.value
        var held: [String: JSONValue] = [:]
        var next: String? = "/routes?size=1000"
        while let target = next {
            let page = try gateway.configure("GET", target)
            for route in page["data"]?.arrayValue ?? [] { held[route["name"]?.stringValue ?? ""] = route }
            next = page["next"]?.stringValue
        }
        for (name, path) in state.acknowledged where !state.uncertain.contains(name) {
            let found = held[name]?["paths"]?.arrayValue?.first?.stringValue
            #expect(found == path, "\(name): \(found ?? "none"), acknowledged was \(path ?? "none")")
        }
        // Half of a write would be a route without its tags.
        let tagged = try gateway.configure("GET", "/tags/storm?size=1000")["data"]?.arrayValue ?? []
        let named = held.filter { $0.key.hasPrefix("storm-") }
        #expect(tagged.count == min(1000, named.count))
        for route in named.values { #expect(route["tags"]?.arrayValue?.count == 2 && route["service"]?["id"] != nil) }

        let names = round.map { Set(state.byRound[$0] ?? []) } ?? Set(state.acknowledged.keys.sorted().suffix(150))
        for (worker, connection) in try gateway.connectionToEachWorker() {
            for name in names where !state.uncertain.contains(name) {
                let path = state.acknowledged[name] ?? nil
                let request = Request("GET", path ?? "/\(name)-a")
                let status = try request.send(on: connection, port: gateway.proxyPort).status
                #expect(status == (path == nil ? 404 : 200), "\(name) on worker \(worker)")
            }
        }
    }
}

/// Four clients that create, move and delete routes, together about fifty times a second.
private final class Writers: Sendable {
    private let background: Background

    init(_ gateway: Gateway, _ ledger: Ledger, round: Int) {
        let numbers = Locked(0)
        background = Background(threads: 4) { lane in
            let number = numbers.mutate {
                $0 += 1
                return $0
            }
            let name = "storm-\(round)-\(lane)-\(number)"
            func write(_ method: String, _ target: String, _ body: JSONValue?, _ path: String?, _ status: Int) -> Bool {
                usleep(60_000)
                guard let answer = try? gateway.admin(method, target, body) else {
                    ledger.unanswered(name)
                    return false
                }
                if answer.status == status { ledger.note(name, path, round: round) }
                return answer.status == status
            }
            let route: JSONValue = [
                "name": .string(name), "paths": [.string("/\(name)-a")], "tags": ["storm", .string(name)],
            ]
            guard write("POST", "/services/own/routes", route, "/\(name)-a", 201), number % 3 != 0 else { return }
            let moved: JSONValue = ["paths": [.string("/\(name)-b")]]
            guard write("PATCH", "/routes/\(name)", moved, "/\(name)-b", 200), number % 3 == 1 else { return }
            _ = write("DELETE", "/routes/\(name)", nil, nil, 204)
        }
    }

    func stop() throws { try background.stop() }
}
