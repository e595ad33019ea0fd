import Foundation
import KongCore
import Testing

@testable import KongStore

@Suite("kill -9 of a writing process", .serialized)
struct CrashTests {
    /// Opens the store in `folder`, writes with eight clients and notes every acknowledged id, until it is killed.
    private static func writeUntilKilled(_ folder: String, after milliseconds: UInt32) async throws {
        let clock = Clock()
        let store = EntityStore(
            backend: try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout), context: clock.context,
            sink: nil)
        try await store.start()
        let log = open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let killer = Thread {
            usleep(milliseconds * 1000)
            kill(getpid(), SIGKILL)
        }
        killer.start()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while true {
                        let id = RandomText.uuid()
                        let fields: JSONObject = [
                            "id": .string(id), "name": .string(id), "host": "h.test", "tags": ["t"],
                        ]
                        guard (try? await store.insert("services", fields)) != nil else { return }
                        let line = Array((id + "\n").utf8)
                        _ = write(log, line, line.count)
                    }
                }
            }
        }
    }

    @Test("every acknowledged write is there after each of many kills")
    func acknowledgedSurvives() async throws {
        let folder = NSTemporaryDirectory() + "kong-crash-" + RandomText.uuid()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var before = 0
        for round in 0..<8 {
            let wait = UInt32(20 + (round * 37) % 150)
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String, wait = wait as UInt32] in
                try await Self.writeUntilKilled(folder, after: wait)
            }
            let text = (try? String(contentsOfFile: folder + "/acknowledged", encoding: .utf8)) ?? ""
            let acknowledged = text.split(separator: "\n").map(String.init).filter { $0.utf8.count == 36 }
            let backend = try SQLiteBackend(path: folder + "/kong.db", layout: TestEntities.layout)
            let store = EntityStore(backend: backend, context: Clock().context, sink: nil)
            let present = Collected()
            try await store.forEach("services") { present.add($0["id"]?.stringValue ?? "") }
            #expect(Set(acknowledged).subtracting(present.all).isEmpty)
            // Half of a write would be a row without its tags.
            #expect(try await store.read { try $0.tags(TagQuery(limit: 1_000_000)) }.count == present.all.count)
            #expect(acknowledged.count >= before)
            before = acknowledged.count
            store.stop()
            backend.close()
        }
        #expect(before > 0)
    }
}
