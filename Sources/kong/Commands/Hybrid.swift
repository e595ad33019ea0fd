import ArgumentParser
import Foundation
import KongCore

struct Hybrid: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hybrid", abstract: "Hybrid mode.", subcommands: [GenCert.self])

    struct GenCert: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gen_cert", abstract: "Make the certificate that control and data planes share.",
            discussion: "Example: kong hybrid gen_cert -d 365")

        @Argument(help: "Certificate to write.") var certificate = "./cluster.crt"
        @Argument(help: "Key to write.") var key = "./cluster.key"

        @Option(name: [.customShort("d"), .customLong("days")], help: "Days it is valid.")
        var days = 1095

        func run() throws {
            let directory = FileManager.default.currentDirectoryPath
            let certificate = Path.absolute(certificate, in: directory)
            let key = Path.absolute(key, in: directory)
            for path in [certificate, key] where Files.exists(path) {
                throw CommandError("\(path) already exists.\nWill not overwrite it.")
            }
            umask(0o077)
            try OpenSSL.run([
                "req", "-x509", "-nodes", "-days", String(days), "-subj", "/CN=kong_clustering", "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:secp384r1", "-keyout", key, "-out", certificate,
            ])
            chmod(certificate, 0o644)
            Console.print(
                "Successfully generated certificate/key pairs, they have been written to: '\(certificate)' and '\(key)'."
            )
        }
    }
}
