import KongTesting
import Testing

@Suite("kong start, stop, health: what they say and how they exit")
struct CommandTests {
    @Test("start says so; twice is refused; health tells; stop ends both; health then fails")
    func life() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let started = try gateway.kong(["start"])
        #expect(started.status == 0, "\(started.text)")
        #expect(started.output.contains("Kong started"))
        try eventually("workers") { gateway.workers.count == 2 }
        #expect(try gateway.kong(["health"]).status == 0)
        let again = try gateway.kong(["start"])
        #expect(again.status == 1)
        #expect(again.text.lowercased().contains("already running"), "\(again.text)")
        let (master, admin) = (gateway.masterPID, gateway.adminPID)
        #expect(master != nil && admin != nil)
        #expect(try gateway.kong(["stop"]).status == 0)
        for pid in [master, admin].compactMap({ $0 }) { try eventually("\(pid) ends") { !Processes.isAlive(pid) } }
        #expect(try gateway.kong(["health"]).status == 1)
        #expect(try gateway.kong(["stop"]).status == 1)
    }

    @Test("version is Kong's")
    func version() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let done = try gateway.kong(["version"])
        #expect(done.status == 0)
        #expect(done.output.contains("3.9.3"))
    }

    @Test(
        "check: a good configuration passes, a bad one is named",
        arguments: [("log_level", "loud"), ("proxy_listen", "nonsense")])
    func check(name: String, value: String) throws {
        let good = try Gateway()
        defer { good.discard() }
        #expect(File.write("log_level = notice\n", to: good.folder + "/good.conf"))
        #expect(try good.kong(["check", good.folder + "/good.conf"]).status == 0)
        #expect(File.write("\(name) = \(value)\n", to: good.folder + "/bad.conf"))
        let bad = try Command.run([Product.kong, "check", good.folder + "/bad.conf"])
        #expect(bad.status == 1)
        #expect(bad.text.contains(name), "\(bad.text)")
    }
}
