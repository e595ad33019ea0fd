import Foundation
import KongCore
import KongStore
import Testing

@testable import KongAdmin

@Suite("What a node without a database starts with")
struct DeclarativeStartTests {
    private let folder = NSTemporaryDirectory() + "kong-start-" + RandomText.uuid()
    private var kept: String { folder + "/declarative.json" }

    private func loader() throws -> (DeclarativeLoader, EntityStore) {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let context = SchemaContext(plugins: FakePlugins(), enabledPlugins: [], database: "off", now: { 1 })
        let store = EntityStore(backend: try SQLiteBackend.inMemory(), context: context, sink: nil)
        return (DeclarativeLoader(store: store, keptPath: kept), store)
    }

    private func settings(_ text: String?) throws -> Settings {
        var overrides = ["database": "off", "prefix": folder]
        overrides["declarative_config_string"] = text
        return try Settings.load(overrides: overrides)
    }

    private func services(_ store: EntityStore) async throws -> [String] {
        try await store.page("services").data.compactMap { $0["name"]?.stringValue }
    }

    private func document(_ name: String) -> String {
        "_format_version: '3.0'\nservices:\n- {name: \(name), host: h}\n"
    }

    @Test("what was loaded is there after the process is gone")
    func survives() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try loader()
        try await first.0.restore(try settings(nil), isServing: false)
        try await first.0.load(.value(["_format_version": "3.0", "services": [["name": "a", "host": "h"]]]))
        let second = try loader()
        try await second.0.restore(try settings(nil), isServing: false)
        #expect(try await services(second.1) == ["a"])
        #expect(second.0.hash == first.0.hash)
    }

    @Test("the file of the settings wins at a start, what is served wins while workers run")
    func precedence() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try loader()
        try await first.0.restore(try settings(document("a")), isServing: false)
        try await first.0.load(.text(document("b")))
        for (text, isServing, expected) in [("a", true, "b"), ("c", true, "c"), ("a", false, "a")] {
            let next = try loader()
            try await next.0.restore(try settings(document(text)), isServing: isServing)
            #expect(try await services(next.1) == [expected])
            if expected == "c" { try await first.0.load(.text(document("b"))) }
        }
    }

    @Test("an invalid or damaged configuration is no empty one")
    func refuses() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bad = try loader()
        let error = await #expect(throws: DeclarativeLoader.StartFailure.self) {
            try await bad.0.restore(try settings("services: []"), isServing: false)
        }
        #expect(error?.description.hasPrefix("error parsing declarative config string:\n") == true)
        try Data("{".utf8).write(to: URL(fileURLWithPath: kept))
        await #expect(throws: DeclarativeLoader.StartFailure.self) {
            try await bad.0.restore(try settings(nil), isServing: false)
        }
    }
}
