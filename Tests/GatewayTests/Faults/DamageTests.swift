import Foundation
import KongCore
import KongTesting
import Testing

@Suite("Damaged files, full disks, wrong settings: one line that says what and what to do")
struct DamageTests {
    /// `kong start` fails: exit 1, and a message in few words that has them all.
    private func expectRefused(_ gateway: Gateway, _ words: [String], extra: [String: String] = [:]) throws {
        let done = try gateway.kong(["start"], extra: extra)
        #expect(done.status != 0, "\(done.text)")
        for word in words { #expect(done.text.contains(word), "\(word): \(done.text)") }
        #expect(!done.errors.contains("Fatal error"))
        #expect(done.errors.split(separator: "\n").filter { !$0.isEmpty }.count <= 4, "\(done.errors)")
        #expect(gateway.masterPID == nil && gateway.adminPID == nil, "something was left running")
    }

    private func prepared(
        _ configure: (Scene) throws -> Void = { try $0.route() }, _ body: (Gateway, EchoUpstream) throws -> Void
    ) throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway.started()
        defer { gateway.discard() }
        try configure(gateway.scene(upstream))
        #expect(try gateway.kong(["stop"]).status == 0)
        try body(gateway, upstream)
    }

    private func overwrite(_ path: String, at offset: Int, with bytes: [UInt8]) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }

    @Test(
        "a damaged snapshot is made again from the store",
        arguments: ["zeros", "garbage", "truncated", "empty", "missing", "page"])
    func snapshot(how: String) throws {
        try prepared { gateway, upstream throws in
            let data = gateway.prefix + "/snapshot/data.mdb"
            let size = File.size(data)
            #expect(size > 0)
            switch how {
            case "zeros": try overwrite(data, at: 0, with: [UInt8](repeating: 0, count: 8192))
            case "garbage":
                try overwrite(data, at: 0, with: (0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 7) })
            case "truncated": #expect(truncate(data, 6000) == 0)
            case "empty": #expect(truncate(data, 0) == 0)
            case "page": try overwrite(data, at: 8192, with: [UInt8](repeating: 0xa5, count: max(0, size - 8192)))
            default: #expect(unlink(data) == 0)
            }
            try gateway.start()
            #expect(try gateway.scene(upstream).get().status == 200)
            try gateway.create("/services/own/routes", ["paths": ["/more"], "hosts": ["more.test"]])
            #expect(try gateway.scene(upstream).get("/more", host: "more.test").status == 200)
            try gateway.verify()
        }
    }

    @Test("a damaged store is named, never opened as if it were empty", arguments: ["header", "middle", "truncated"])
    func store(how: String) throws {
        try prepared({ scene throws in
            try scene.route()
            for n in 0..<40 { try scene.gateway.create("/consumers", ["username": .string("consumer-\(n)")]) }
        }) { gateway, upstream throws in
            let store = gateway.prefix + "/kong.db"
            for side in ["-wal", "-shm"] { unlink(store + side) }
            let size = File.size(store)
            #expect(size > 0)
            switch how {
            case "header": try overwrite(store, at: 0, with: [UInt8](repeating: 0x2a, count: 200))
            case "middle": try overwrite(store, at: 4096, with: [UInt8](repeating: 0x5a, count: max(0, size - 4096)))
            default: #expect(truncate(store, off_t(size / 3)) == 0)
            }
            try expectRefused(gateway, ["kong.db"])
        }
    }

    @Test("the proxy's port is taken: named")
    func portInUse() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let occupied = try EchoUpstream(port: gateway.proxyPort)
        try expectRefused(gateway, ["\(gateway.proxyPort)"])
        occupied.stop()
    }

    @Test("the Admin API's port is taken: named")
    func adminPortInUse() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let occupied = try EchoUpstream(port: gateway.adminPort)
        try expectRefused(gateway, ["\(gateway.adminPort)"])
        occupied.stop()
    }

    @Test("a prefix that cannot be made: named", arguments: ["/proc/kong-prefix", "/dev/null"])
    func unwritablePrefix(prefix: String) throws {
        let gateway = try Gateway(settings: ["prefix": prefix])
        defer { gateway.discard() }
        try expectRefused(gateway, [prefix])
    }

    @Test("the module is missing: named")
    func missingModule() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let place = gateway.folder + "/elsewhere/bin"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let real = URL(fileURLWithPath: Product.kong).resolvingSymlinksInPath().path
        try FileManager.default.copyItem(atPath: real, toPath: place + "/kong")
        try FileManager.default.copyItem(
            atPath: Product.root + "/nginx-conf-templates", toPath: gateway.folder + "/elsewhere/nginx-conf-templates")
        let done = try Command.run([place + "/kong", "start"], environment: gateway.environment)
        #expect(done.status != 0)
        #expect(done.text.contains("ngx_http_kong_module"), "\(done.text)")
        #expect(gateway.masterPID == nil && gateway.adminPID == nil)
    }

    @Test("another nginx than the module was built for: named")
    func wrongVersion() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let place = gateway.folder + "/path"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        #expect(
            File.write(
                """
                #!/bin/sh
                case "$*" in *-v*|*-V*) echo "nginx version: nginx/1.18.0" >&2; exit 0;; esac
                echo 'nginx: [emerg] module "/x/libngx_http_kong_module.so" version 1022001 instead of 1018000 in /x/nginx.conf:3' >&2
                exit 1
                """, to: place + "/nginx"))
        chmod(place + "/nginx", 0o755)
        let path = place + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin")
        try expectRefused(gateway, ["version"], extra: ["PATH": path])
    }

    @Test("a template that is no nginx.conf: refused with its name; the running one stays in force")
    func badTemplate() throws {
        try withGateway { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let template = gateway.folder + "/bad.template"
            #expect(File.write("events {}\nhttp { nonsense on; }\n", to: template))
            let done = try gateway.kong(["reload", "--nginx-conf", template])
            #expect(done.status != 0)
            #expect(done.text.contains("nonsense"), "\(done.text)")
            #expect(try scene.get().status == 200)
            #expect(try gateway.kong(["reload", "--nginx-conf", template + ".none"]).status != 0)
            #expect(try scene.get().status == 200)
        }
    }

    @Test(
        "a full disk: writes are refused, nothing is half written, proxying goes on, and it recovers",
        .enabled(if: TinyDisk.isPossible))
    func fullDisk() throws {
        let disk = try TinyDisk(megabytes: 12)
        defer { disk.unmount() }
        let upstream = try EchoUpstream()
        let gateway = try Gateway(settings: ["prefix": disk.path + "/prefix"])
        defer { gateway.discard() }
        defer { _ = try? gateway.kong(["stop"]) }  // the harness cleans its own folder only
        let started = try gateway.kong(["start"])
        #expect(started.status == 0, "\(started.text)")
        guard started.status == 0 else { return }
        try eventually("the Admin API answers") { (try? gateway.admin("GET", "/status").status) == 200 }
        let scene = gateway.scene(upstream)
        try scene.route()

        try disk.fill()
        var refused: Response?
        var made: [String] = []
        for turn in 0..<3000 where refused == nil {
            let name = "full-\(turn)"
            let response = try gateway.admin(
                "POST", "/consumers",
                [
                    "username": .string(name), "tags": [.string(String(repeating: "t", count: 3000))],
                ])
            if response.status == 201 { made.append(name) } else { refused = response }
        }
        let answer = try #require(refused, "the disk never got full")
        #expect(answer.status == 503, "\(answer)")
        #expect(answer.json["message"]?.stringValue?.contains(disk.path + "/prefix/") == true, "\(answer)")
        #expect(answer.json["message"]?.stringValue?.contains("free") == true, "\(answer)")
        #expect(try scene.get().status == 200)
        for name in made.suffix(5) { #expect(try gateway.admin("GET", "/consumers/\(name)").status == 200) }

        disk.free()
        try eventually("writes work again") {
            try gateway.admin("POST", "/services/own/routes", ["paths": ["/again"]]).status == 201
        }
        #expect(try gateway.proxy("GET", "/again").status == 200)
        for name in made { #expect(try gateway.admin("GET", "/consumers/\(name)").status == 200) }
    }
}
