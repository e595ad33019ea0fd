import ArgumentParser
import KongCore

/// The command line. One verb per file in Commands/.
@main
struct Kong: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kong",
        abstract: "Kong, an API gateway inside nginx.",
        usage: "kong COMMAND [OPTIONS]",
        discussion: """
            Settings come from -c FILE, else /etc/kong/kong.conf, and from KONG_* variables
            (KONG_LOG_LEVEL=debug sets log_level). Every command takes -v (verbose) and -vv (debug).

            Examples:
              kong start -c kong.conf      start with a configuration
              KONG_PREFIX=/tmp/k kong start
              kong check kong.conf         report every violation
              kong reload                  apply changed settings without dropping a connection

            Exit codes: 0 done, 1 failed (the reason is on stderr). `migrations list` also uses 3, 4 and 5.
            """,
        subcommands: [
            Start.self, Stop.self, Quit.self, Restart.self, Reload.self, Prepare.self, Check.self, Health.self,
            Drain.self, Config.self, Migrations.self, Vault.self, Hybrid.self, Version.self, Roar.self, Generate.self,
            AdminProcess.self, SnapshotCheck.self,
        ]
    )

    mutating func run() async throws {
        Console.print(Self.helpMessage())
        throw ExitCode(1)
    }

    static func main() async {
        let arguments = Console.takeVerbosity(Array(CommandLine.arguments.dropFirst()))
        if let name = arguments.first, !name.hasPrefix("-"), name != "help", !knows(name) {
            Console.print(helpMessage())
            Console.printError("No such command: \(name)")
            leave(1)
        }
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ExitCode {
            leave(error.rawValue)
        } catch let error as CommandError {
            Console.report(error)
            leave(1)
        } catch let error as SettingsError {
            for warning in error.warnings { Console.warn(warning) }
            Console.report(CommandError(error.violations.joined(separator: "\n       ")))
            leave(1)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                Console.print(fullMessage(for: error))
                leave(0)
            }
            Console.printError(fullMessage(for: error))
            leave(1)
        }
    }

    private static func knows(_ name: String) -> Bool {
        configuration.subcommands.contains { ($0.configuration.commandName ?? $0._commandName) == name }
    }
}
