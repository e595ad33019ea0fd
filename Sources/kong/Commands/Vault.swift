import ArgumentParser
import Foundation
import KongCore

struct Vault: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "Read secrets.", subcommands: [Get.self])

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Print the value of a reference.", discussion: "Example: kong vault get env/my-secret")

        @OptionGroup var conf: ConfOption
        @OptionGroup var prefix: PrefixOption

        @Argument(help: "{vault://env/NAME} or env/NAME.")
        var reference: String

        func run() throws {
            let settings = try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix)
            let text = reference.hasPrefix("{vault://") ? reference : "{vault://\(reference)}"
            do {
                let parsed = try VaultReference(text)
                guard parsed.vault == "env", VaultTypes.isLoaded("env", by: settings.string("vaults")) else {
                    throw VaultError("vault not found (\(parsed.vault)): vault entities are read by workers only")
                }
                Console.print(
                    try EnvironmentVault(ProcessInfo.processInfo.environment)
                        .value(of: parsed, prefix: settings.string("vault_env_prefix")))
            } catch let error as VaultError {
                throw CommandError(
                    "could not get value from external vault (no value found)", detail: error.description)
            }
        }
    }
}
