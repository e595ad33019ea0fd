/// `{vault://env/NAME}` in the value of a property.
public struct VaultReference: Sendable, Hashable {
    public var vault: String
    /// Path after the vault: the variable and, optionally, a key of the JSON it holds.
    public var resource: String
    public var key: String?
    public var prefix: String?

    /// nil when the text is not a reference at all.
    public init?(_ text: String) {
        guard text.hasPrefix("{vault://"), text.hasSuffix("}") else { return nil }
        let inner = text.dropFirst("{vault://".count).dropLast()
        let pathAndQuery = inner.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = pathAndQuery[0].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        vault = String(parts[0])
        resource = String(parts[1])
        key = parts.count > 2 && !parts[2].isEmpty ? String(parts[2]) : nil
        let query = pathAndQuery.count > 1 ? pathAndQuery[1].split(separator: "&") : []
        prefix = query.firstNonNil { $0.value(after: "prefix=") }
    }

    /// The environment vault: names in capitals, hyphens as underscores.
    /// - Throws: Kong's reason when there is no value.
    public func resolve(
        environment: [String: String], defaultPrefix: String?
    ) throws(VaultReferenceError) -> String {
        guard vault == "env" else { throw VaultReferenceError("vault not found (\(vault))") }
        let name = ((prefix ?? defaultPrefix ?? "") + resource).uppercased().replacingHyphens()
        guard let value = environment[name] else {
            throw VaultReferenceError("unable to load value (\(resource)) from vault (env): value not found")
        }
        guard let key else { return value }
        guard case .object(let object)? = try? JSONValue(parsing: Array(value.utf8)) else {
            throw VaultReferenceError("unable to json decode value received from vault (env)")
        }
        guard let member = object[key]?.stringValue else {
            throw VaultReferenceError("subfield \(key) not found in JSON secret")
        }
        return member
    }
}

public struct VaultReferenceError: Error, Sendable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}

extension String {
    fileprivate func replacingHyphens() -> String { String(map { $0 == "-" ? "_" : $0 }) }
}

extension Settings {
    /// The given texts with every reference replaced by its value.
    func dereferenced(environment: [String: String], _ violations: inout [String]) -> [String: String] {
        var texts = given
        for (name, text) in given.sorted(by: { $0.key < $1.key }) where text.contains("{vault://") {
            let isList = Properties.named(name)?.kind == .array
            let items = isList ? text.split(separator: ",").map { String($0).trimmed() } : [text]
            var resolved: [String] = []
            for (index, item) in items.enumerated() {
                guard let reference = VaultReference(item) else {
                    resolved.append(item)
                    continue
                }
                do {
                    let prefix = given["vault_env_prefix"]
                    resolved.append(try reference.resolve(environment: environment, defaultPrefix: prefix))
                } catch {
                    let place = isList ? "\(name)[\(index + 1)]" : name
                    violations.append("failed to dereference '\(item)': \(error) for config option '\(place)'")
                }
            }
            texts[name] = resolved.joined(separator: ",")
        }
        return texts
    }
}
