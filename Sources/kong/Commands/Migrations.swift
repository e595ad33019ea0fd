import ArgumentParser
import Foundation
import KongCore
import KongStore

struct Migrations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrations",
        abstract: "Manage the database's tables.",
        discussion: """
            Of Postgres only: the embedded store keeps itself up to date.
            `list` exits with 3 when the database needs bootstrapping, 4 with pending and 5 with new migrations.
            """,
        subcommands: [Bootstrap.self, Up.self, Finish.self, List.self, Status.self, Reset.self])

    struct CommonOptions: ParsableArguments {
        @OptionGroup var conf: ConfOption
        @OptionGroup var prefix: PrefixOption

        @Flag(name: [.customShort("y"), .customLong("yes")], help: "Assume yes.")
        var yes = false

        @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Say nothing.")
        var quiet = false

        @Flag(name: [.customShort("f"), .customLong("force")], help: "Run them again even if they are executed.")
        var force = false

        @Option(name: .customLong("db-timeout"), help: "Seconds to wait for the database.")
        var dbTimeout = 60

        @Option(name: .customLong("lock-timeout"), help: "Seconds to wait for another node's migrations.")
        var lockTimeout = 60

        func say(_ text: String) {
            if !quiet { Console.print(text) }
        }

        /// The database to work on; nil (after saying so) when there is nothing to migrate.
        func database() throws -> (migrations: PostgresMigrations, name: String)? {
            let settings = try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix)
            guard settings.database == "postgres", let postgres = try attempt({ try PostgresSettings(settings) }) else {
                say("database = \(settings.database) keeps itself up to date: nothing to migrate")
                return nil
            }
            return (PostgresMigrations(postgres, lockSeconds: lockTimeout), postgres.database)
        }
    }

    /// Gives a failure of the database Kong's form.
    static func attempt<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as PostgresError {
            throw CommandError("[PostgreSQL error] \(error)")
        }
    }

    static func report(_ done: PostgresMigrations.Migrations, _ options: CommonOptions, on database: String) {
        for (subsystem, names) in done {
            options.say("migrating \(subsystem) on database '\(database)'...")
            for name in names { options.say("\(subsystem) migrated up to: \(name) (executed)") }
        }
        let count = done.reduce(0) { $0 + $1.names.count }
        options.say("\(count) migrations processed\n\(count) executed")
    }

    static let needsBootstrap =
        PostgresMigrations.needsBootstrapText + "\n\nRun 'kong migrations bootstrap' to make an empty database Kong's."
}

extension Migrations {
    struct Bootstrap: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bootstrap", abstract: "Make an empty database Kong's.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, name) = try options.database() else { return }
            let done = try attempt {
                if options.force { _ = try migrations.reset() }
                return try migrations.bootstrap()
            }
            guard let done else { return options.say("Database already bootstrapped") }
            options.say("Bootstrapping database...")
            report(done, options, on: name)
            options.say("Database is up-to-date")
        }
    }

    struct Up: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "up", abstract: "Run new migrations.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, name) = try options.database() else { return }
            let state = try attempt { try migrations.state() }
            if state.needsBootstrap { throw CommandError("Cannot run migrations: \(Migrations.needsBootstrap)") }
            let done = try attempt { try migrations.up() }
            if !done.isEmpty { report(done, options, on: name) }
            if state.pending.isEmpty { return options.say("Database is already up-to-date") }
            options.say("Database has pending migrations; run 'kong migrations finish' when ready")
        }
    }

    struct Finish: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "finish", abstract: "Finish pending migrations.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, name) = try options.database() else { return }
            if try attempt({ try migrations.state() }).needsBootstrap {
                throw CommandError("Cannot run migrations: \(Migrations.needsBootstrap)")
            }
            let done = try attempt { try migrations.finish() }
            if done.isEmpty { return options.say("No pending migrations to finish") }
            report(done, options, on: name)
            options.say("Database is up-to-date")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List migrations.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, _) = try options.database() else { return }
            let state = try attempt { try migrations.state() }
            if state.needsBootstrap {
                options.say(Migrations.needsBootstrap)
                throw ExitCode(3)
            }
            show("Executed migrations:", state.executed)
            show("Pending migrations:", state.pending)
            show("New migrations available:", state.new)
            if !state.new.isEmpty {
                options.say("\nRun 'kong migrations up' to proceed")
                throw ExitCode(5)
            }
            if !state.pending.isEmpty {
                options.say("\nRun 'kong migrations finish' when ready")
                throw ExitCode(4)
            }
        }

        private func show(_ title: String, _ migrations: PostgresMigrations.Migrations) {
            if migrations.isEmpty { return }
            let width = migrations.map(\.subsystem.count).max() ?? 0
            options.say(title)
            for (subsystem, names) in migrations {
                let indent = String(repeating: " ", count: width - subsystem.count)
                options.say("\(indent)\(subsystem): \(names.joined(separator: ", "))")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "status", abstract: "Print the state as JSON.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, _) = try options.database() else { return }
            let state = try attempt { try migrations.state() }
            var status: JSONObject = ["needs_bootstrap": .bool(state.needsBootstrap)]
            if !state.executed.isEmpty { status["executed_migrations"] = list(state.executed) }
            if !state.pending.isEmpty { status["pending_migrations"] = list(state.pending) }
            if !state.new.isEmpty { status["new_migrations"] = list(state.new) }
            Console.print(JSONValue.object(status).jsonText)
        }

        private func list(_ migrations: PostgresMigrations.Migrations) -> JSONValue {
            .array(
                migrations.map { subsystem, names in
                    let namespace =
                        subsystem == "core" ? "kong.db.migrations.core" : "kong.plugins.\(subsystem).migrations"
                    return [
                        "subsystem": .string(subsystem), "namespace": .string(namespace),
                        "migrations": .array(names.map(JSONValue.string)),
                    ]
                })
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Delete everything in the database.")
        @OptionGroup var options: CommonOptions

        func run() throws {
            guard let (migrations, _) = try options.database() else { return }
            if !options.yes {
                guard isatty(STDIN_FILENO) == 1 else {
                    throw CommandError("not a tty: invoke 'reset' non-interactively with the --yes flag")
                }
                Console.print("> Are you sure? This operation is irreversible. [Y/n]")
                guard ["y", "yes", "Y"].contains(readLine() ?? "") else {
                    options.say("cancelled")
                    return
                }
            }
            options.say("Resetting database...")
            guard try attempt({ try migrations.reset() }) else {
                options.say("Database not bootstrapped, nothing to reset")
                throw ExitCode(1)
            }
            options.say("Database successfully reset")
        }
    }
}
