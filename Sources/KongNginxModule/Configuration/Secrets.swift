import KongCore
import KongPDK
import KongPlugins
import KongSnapshot
import NginxKit

/// Resolves `{vault://…}` in what plugins and certificates are configured with, when the configuration changes.
///
/// Values stay in this process: they are never written, logged or shown. A reference without a value is an empty
/// string and a line in the log, as in Kong.
final class Secrets {
    private let environment: EnvironmentVault
    private let prefix: String?
    private let vaults: String?

    init(_ settings: WorkerSettings) {
        prefix = settings.environmentPrefix
        vaults = settings.vaults
        var variables: [String: String] = [:]
        var next = kng_environment()
        while let entry = next?.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next = next?.advanced(by: 1)
        }
        environment = EnvironmentVault(variables)
    }

    @Worker
    func dereferenced(_ config: JSONObject, ofPlugin name: String, _ view: SnapshotView) -> JSONObject {
        guard JSONValue.object(config).holdsReference, let plugin = Self.catalogue.plugin(name) else { return config }
        return dereferenced(config, plugin.config, view, "plugin \(name)")
    }

    @Worker
    func dereferenced(_ record: JSONObject, of entity: String, _ view: SnapshotView) -> JSONObject {
        guard JSONValue.object(record).holdsReference, let schema = Entities.named(entity) else { return record }
        return dereferenced(record, schema.record, view, entity)
    }

    private static let catalogue = BundledPlugins()

    private func dereferenced(
        _ record: JSONObject, _ schema: RecordSchema, _ view: SnapshotView, _ owner: String
    ) -> JSONObject {
        schema.dereferenced(record) { text in
            do throws(VaultError) {
                return try value(of: try VaultReference(text), view)
            } catch {
                Log.write(Log.warning, "\(owner): could not get value of \(text): \(error)")
                return ""
            }
        }
    }

    private func value(of reference: VaultReference, _ view: SnapshotView) throws(VaultError) -> String {
        if reference.vault == "env" {
            guard VaultTypes.isLoaded("env", by: vaults) else { throw VaultError("vault not found (env)") }
            return try environment.value(of: reference, prefix: prefix)
        }
        var name = reference.vault
        let id = name.withUTF8 { view.find("vaults", "prefix", $0) }
        guard let vault = id.flatMap({ view.record("vaults", $0) }) else {
            throw VaultError("vault not found (\(reference.vault))")
        }
        let type = vault["name"]?.stringValue ?? ""
        guard type == "env", VaultTypes.isLoaded(type, by: vaults) else {
            throw VaultError("vault not installed (\(type))")
        }
        return try environment.value(of: reference, prefix: vault["config"]?["prefix"]?.stringValue)
    }
}
