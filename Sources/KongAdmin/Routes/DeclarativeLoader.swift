import KongCore
import KongStore
import Synchronization

/// Loads whole configurations into the store of a node without a database.
public final class DeclarativeLoader: Sendable {
    /// A configuration as it arrives.
    public enum Source: Sendable {
        /// YAML or JSON.
        case text(String)
        case value(JSONObject)

        /// What tells configurations apart: Kong's MD5 of the text.
        var hash: String {
            switch self {
            case .text(let text): MD5.hex(Array(text.utf8))
            case .value(let object): MD5.hex(JSONValue.object(object).serialized())
            }
        }
    }

    public enum Refusal: Error, Sendable {
        /// Another load has not ended.
        case busy
        case unchanged
    }

    /// The hash of a node that has no configuration yet.
    public static let emptyHash = String(repeating: "0", count: 32)

    private struct State {
        var hash = DeclarativeLoader.emptyHash
        /// Of the configuration that the settings named at start.
        var startHash = ""
        var isLoading = false
    }

    private let store: EntityStore
    /// Where the configuration in force outlives the process.
    let keptPath: String?
    private let state = Mutex(State())

    /// - Parameter keptPath: a file that holds the configuration in force, so that the next process can go on with
    ///   it; nil keeps nothing.
    public init(store: EntityStore, keptPath: String? = nil) {
        self.store = store
        self.keptPath = keptPath
    }

    /// Of the configuration in force.
    public var hash: String { state.withLock(\.hash) }

    /// Checks a configuration and puts it into force, whole or not at all.
    /// - Parameter onlyIfChanged: compare hashes first.
    /// - Returns: its entities by kind and id.
    /// - Throws: `DataError` (code 14) or `Refusal`.
    @discardableResult
    public func load(
        _ source: Source, flattenErrors: Bool = false, onlyIfChanged: Bool = false
    ) async throws -> [String: JSONObject] {
        let hash = source.hash
        if onlyIfChanged, hash == self.hash { throw Refusal.unchanged }
        let isFree = state.withLock { state in
            defer { state.isLoading = true }
            return !state.isLoading
        }
        guard isFree else { throw Refusal.busy }
        defer { state.withLock { $0.isLoading = false } }

        let configuration = try DeclarativeConfiguration(
            try Self.value(of: source), store.context, flattenErrors: flattenErrors)
        // On disk before it is in force, in place before it is acknowledged.
        try writeBeside(source, startHash: state.withLock(\.startHash))
        try await store.replaceAll(Self.records(configuration))
        try putInPlace()
        state.withLock { $0.hash = hash }
        var loaded: [String: JSONObject] = [:]
        for entry in configuration.entries {
            loaded[entry.entity, default: [:]][entry.record.id ?? ""] = .object(entry.record)
        }
        return loaded
    }

    func started(with hash: String) { state.withLock { $0.startHash = hash } }

    /// The configuration in force as a declarative file.
    public func export() async throws -> String {
        let found = Mutex<[(entity: String, records: [JSONObject])]>([])
        try await store.exportAll { entity, record in
            found.withLock { found in
                if found.last?.entity == entity {
                    found[found.count - 1].records.append(record)
                } else {
                    found.append((entity, [record]))
                }
            }
        }
        // The node's own rows are not configuration.
        let own: Set<String> = ["workspaces", "parameters"]
        let members = DeclarativeExport.file(found.withLock { $0 }.filter { !own.contains($0.entity) })
        return members.map { YAMLWriter.text(of: [$0.key: $0.value]) }.joined()
    }

    /// Reads a text as YAML or JSON.
    public static func value(of source: Source) throws(DataError) -> JSONValue {
        var value: JSONValue
        switch source {
        case .value(let object): value = .object(object)
        case .text(let text):
            do {
                value = try YAMLReader.value(of: text) ?? .null
            } catch {
                throw .declarative(["error": .string("failed parsing declarative configuration: \(error)")])
            }
        }
        // Unquoted in YAML a version is a number.
        if case .object(var object) = value, let version = object["_format_version"]?.doubleValue {
            object["_format_version"] = .string("\(version)")
            value = .object(object)
        }
        return value
    }

    /// Kong keeps the last of several entities that the store can keep only one of.
    private static func records(_ configuration: DeclarativeConfiguration) -> [(entity: String, fields: JSONObject)] {
        var records: [(entity: String, fields: JSONObject)] = []
        var places: [String: Int] = [:]
        for entry in configuration.entries {
            var record = entry.record
            if let ttl = entry.ttl { record["ttl"] = .integer(ttl) }
            if let key = Entities.named(entry.entity)?.cacheKey, key.count > 1 {
                let text = entry.entity + key.map { "\u{0}\((record[$0] ?? .null).jsonText)" }.joined()
                if let place = places[text] {
                    records[place].fields = record
                    continue
                }
                places[text] = records.count
            }
            records.append((entry.entity, record))
        }
        return records
    }
}
