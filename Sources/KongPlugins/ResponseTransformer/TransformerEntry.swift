import KongCore

/// `name:value` of a transformer's configuration.
struct TransformerEntry: Sendable {
    let name: String
    /// Nil when nothing follows the name.
    let value: String?

    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        let value = parts.count > 1 ? parts[1].drop { $0 == ":" } : ""
        self.value = value.isEmpty ? nil : String(value)
    }

    static func all(_ list: JSONValue?) -> [TransformerEntry] {
        (list?.arrayValue ?? []).compactMap { $0.stringValue.map { TransformerEntry($0) } }
    }
}
