import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A declarative client keeps the gateway as its file says")
struct SyncTests {
    private static func configuration(_ gateway: Gateway) throws -> SyncConfiguration {
        let (certificate, key) = (gateway.folder + "/ca.pem", gateway.folder + "/ca.key")
        let made = try Command.run(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                "-days",
                "30", "-subj", "/CN=team-a.test", "-addext", "basicConstraints=critical,CA:TRUE",
            ], environment: ProcessInfo.processInfo.environment, directory: gateway.folder, timeout: 30)
        try #require(made.status == 0, "\(made.text)")
        let root = try gateway.configure("GET", "/")
        let available = root["plugins"]?["available_on_server"]?.objectValue ?? [:]
        return SyncConfiguration(
            available: Set(available.keys), certificate: (File.text(certificate), File.text(key)))
    }

    @Test("sync, an empty diff, a change, an empty diff, reset")
    func roundTrip() throws {
        try withGateway(workers: 1) { gateway, _ throws in try roundTrip(gateway) }
    }

    @Test("the same on Postgres", .enabled(if: PostgresServer.isInstalled))
    func roundTripOnPostgres() throws {
        try withPostgres { postgres throws in try roundTrip(try postgres.started()) }
    }

    private func roundTrip(_ gateway: Gateway) throws {
        let client = SyncClient(gateway: gateway)
        var wanted = try Self.configuration(gateway)
        #expect(try client.dump().values.allSatisfy(\.isEmpty))

        try client.write(wanted.groups)
        #expect(try client.diff(wanted.all) == [])
        // Written again, nothing moves.
        try client.write(wanted.groups.map { $0.filter { $0.collection != "targets" } })
        #expect(try client.diff(wanted.all) == [])

        // One changes, one goes, one comes.
        let removed = wanted.groups[2].removeLast()
        wanted.groups[1][3].fields["connect_timeout"] = 1000
        let added = SyncEntity(
            collection: "routes", path: "/routes", schema: "routes",
            fields: [
                "id": .string(SyncConfiguration.id(22)), "service": SyncConfiguration.reference(13),
                "paths": ["/new"], "tags": ["team-a", "managed"],
            ])
        wanted.groups[2].append(added)
        let orphans = wanted.all.filter { $0.fields["route"] == SyncConfiguration.reference(21) }
        for index in wanted.groups.indices {
            wanted.groups[index].removeAll { entity in orphans.contains { $0.id == entity.id } }
        }
        let changes = try client.diff(wanted.all)
        #expect(
            changes.filter { !$0.contains("plugins") } == [
                "create routes \(added.id)", "delete routes \(removed.id)",
                "update services \(SyncConfiguration.id(13)): [\"connect_timeout\"]",
            ])
        try client.delete(orphans + [removed])
        try client.write([[wanted.groups[1][3]], [added]])
        #expect(try client.diff(wanted.all) == [])

        try client.delete(wanted.all.reversed())
        #expect(try client.dump().values.allSatisfy(\.isEmpty))
    }

    @Test("with a tag selected, what others own is neither seen nor touched")
    func tags() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let client = SyncClient(gateway: gateway)
            let wanted = try Self.configuration(gateway)
            try gateway.create("/services", ["name": "other", "host": "other.test", "tags": ["team-b"]])
            try gateway.create("/consumers", ["username": "untagged"])
            try client.write(wanted.groups)
            #expect(try client.diff(wanted.all, tags: ["team-a"]) == [])
            #expect(try client.diff(wanted.all, tags: ["team-a", "managed"]) == [])
            let other = try client.dump(tags: ["team-b"]).mapValues(\.count).filter { $0.value > 0 }
            #expect(other == ["services": 1])
        }
    }

    @Test("lists that only Kong Enterprise has are not there; filter chains want Wasm")
    func enterprise() throws {
        try Shared.scene { scene throws in
            for name in SyncClient.enterprise {
                let answer = try scene.gateway.admin("GET", "/\(name)?size=1000")
                #expect(answer.status == 404, "\(name)")
                #expect(answer.json == ["message": "Not found"])
            }
            for name in ["consumer_group_plugins", "partials", "licenses"] {
                let answer = try scene.gateway.admin("GET", "/schemas/\(name)")
                #expect(answer.json == ["message": .string("No entity named '\(name)'")])
                #expect(answer.status == 404)
            }
            #expect(try scene.gateway.admin("GET", "/filter-chains?size=1000").status == 400)
        }
    }

    @Test("validation without writing finds what is wrong, and keeps nothing")
    func validation() throws {
        try withGateway(workers: 1) { gateway, _ throws in
            let wanted = try Self.configuration(gateway)
            for entity in wanted.all {
                let answer = try gateway.admin("POST", "/schemas/\(entity.schema)/validate", .object(entity.fields))
                #expect(answer.status == 200, "\(entity.collection): \(answer)")
                var broken = entity.fields
                broken["unheard_of"] = 1
                let refusal = try gateway.admin("POST", "/schemas/\(entity.schema)/validate", .object(broken))
                #expect(refusal.status == 400)
                #expect(refusal.json["fields"]?["unheard_of"] == "unknown field", "\(entity.collection): \(refusal)")
            }
            #expect(try SyncClient(gateway: gateway).dump().values.allSatisfy(\.isEmpty))
        }
    }
}
