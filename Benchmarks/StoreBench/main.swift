// What the embedded store does per second, durable, without HTTP around it:
//   swift run -c release store-bench [directory] [entities]
import Foundation
import KongCore
import KongStore

struct NoPlugins: PluginCatalogue {
    func plugin(_ name: String) -> PluginDescription? { nil }
    var all: [PluginDescription] { [] }
}

let directory = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : NSTemporaryDirectory()
let many = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 100_000 : 100_000
let path = directory + "/store-bench.db"
for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }

let context = SchemaContext(
    plugins: NoPlugins(), enabledPlugins: [], now: { Date().timeIntervalSince1970 })
let store = EntityStore(backend: try SQLiteBackend(path: path), context: context, sink: nil)
try await store.start()

func measure(_ label: String, _ count: Int, _ body: () async throws -> Void) async throws {
    let start = ContinuousClock.now
    try await body()
    let elapsed = start.duration(to: .now)
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    print("\(label): \(Int(Double(count) / seconds)) /s (\(count) in \(String(format: "%.3f", seconds)) s)")
}

@Sendable func service(_ number: Int) -> JSONObject {
    ["name": .string("service-\(number)"), "host": "upstream.test", "port": 8080, "tags": ["bench"]]
}

func create(clients: Int, each: Int, from first: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<clients {
            group.addTask {
                for number in 0..<each { try await store.insert("services", service(first + client * each + number)) }
            }
        }
        try await group.waitForAll()
    }
}

if many == 1 {
    try await measure("creates, 16 clients", 16_000) { try await create(clients: 16, each: 1000, from: 0) }
    exit(0)
}
try await measure("creates, 1 client", 3000) { try await create(clients: 1, each: 3000, from: 0) }
try await measure("creates, 16 clients", 32_000) { try await create(clients: 16, each: 2000, from: 10_000) }
let consumers = (0..<many).map { number -> (entity: String, fields: JSONObject) in
    ("consumers", ["id": .string(RandomText.uuid()), "username": .string("consumer-\(number)"), "tags": .null])
}
try await measure("import of consumers", many) { try await store.importAll(consumers) }
try await measure("creates, 16 clients, with \(many) entities", 16_000) {
    try await create(clients: 16, each: 1000, from: 100_000)
}
var offset: String?
var pages: [Double] = []
repeat {
    let start = ContinuousClock.now
    let page = try await store.page("consumers", PageRequest(size: 1000, offset: offset))
    pages.append(Double(start.duration(to: .now).components.attoseconds) / 1e15)
    offset = page.offset
} while offset != nil
print(String(format: "page of 1000: first %.2f ms, last %.2f ms", pages[1], pages[max(0, pages.count - 2)]))
try await measure("reads by id, 1 client", 10_000) {
    let id = consumers[0].fields["id"]?.stringValue ?? ""
    for _ in 0..<10_000 { _ = try await store.select("consumers", id: id) }
}
store.stop()
try await measure("opening with its check", 1) { _ = try SQLiteBackend(path: path) }
