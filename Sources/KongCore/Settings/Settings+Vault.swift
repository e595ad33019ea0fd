extension Settings {
    /// The given texts with every reference replaced by its value.
    func dereferenced(environment: [String: String], _ violations: inout [String]) -> [String: String] {
        let vault = EnvironmentVault(environment)
        var texts = given
        for (name, text) in given.sorted(by: { $0.key < $1.key }) where text.contains("{vault://") {
            let isList = Properties.named(name)?.kind == .array
            let items = isList ? text.split(separator: ",").map { String($0).trimmed() } : [text]
            var resolved: [String] = []
            for (index, item) in items.enumerated() {
                guard item.isVaultReference else {
                    resolved.append(item)
                    continue
                }
                do throws(VaultError) {
                    resolved.append(try value(of: item, in: vault))
                } catch {
                    let place = isList ? "\(name)[\(index + 1)]" : name
                    violations.append("failed to dereference '\(item)': \(error) for config option '\(place)'")
                }
            }
            texts[name] = resolved.joined(separator: ",")
        }
        return texts
    }

    /// Settings are read before any vault entity is: only types can be named.
    private func value(of text: String, in vault: EnvironmentVault) throws(VaultError) -> String {
        let reference = try VaultReference(text)
        guard reference.vault == "env", VaultTypes.isLoaded("env", by: given["vaults"]) else {
            throw VaultError("vault not found (\(reference.vault))")
        }
        return try vault.value(of: reference, prefix: given["vault_env_prefix"])
    }
}
