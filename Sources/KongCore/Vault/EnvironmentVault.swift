/// The `env` vault: secrets in the process's environment.
///
/// Source: Kong's `kong/vaults/env`: names in capitals, hyphens as underscores, version 2 in `NAME_PREVIOUS`.
public struct EnvironmentVault: Sendable {
    public let variables: [String: String]

    public init(_ variables: [String: String]) { self.variables = variables }

    /// - Parameter prefix: what the vault's configuration puts before names; the reference's own option wins.
    /// - Throws: why there is no value; never the value.
    public func value(of reference: VaultReference, prefix: String?) throws(VaultError) -> String {
        var name = ((reference.options["prefix"] ?? prefix ?? "") + reference.resource).uppercased()
        name = String(name.map { $0 == "-" ? "_" : $0 })
        if reference.version == 2 { name += "_PREVIOUS" }
        guard let value = variables[name] else {
            throw VaultError("unable to load value (\(reference.resource)) from vault (env): value not found")
        }
        guard let key = reference.key else { return value }
        guard case .object(let members)? = try? JSONValue(parsing: Array(value.utf8)) else {
            throw VaultError("unable to json decode value received from vault (env)")
        }
        guard let member = members[key]?.stringValue else {
            throw VaultError("subfield \(key) not found in JSON secret")
        }
        return member
    }
}
