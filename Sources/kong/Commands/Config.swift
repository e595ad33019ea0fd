import ArgumentParser
import Foundation
import KongAdmin
import KongCore
import KongStore

/// `kong config …`: declarative files.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Work with declarative configuration files.",
        discussion: """
            Examples:
              kong config parse kong.yml
              kong config db_import kong.yml
              kong config db_export backup.yml
            """,
        subcommands: [Init.self, Parse.self, Import.self, Export.self])

    struct Options: ParsableArguments {
        @OptionGroup var conf: ConfOption
        @OptionGroup var prefix: PrefixOption

        func settings() throws -> Settings { try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix) }
    }

    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "init", abstract: "Write an example file.")
        @Argument(help: "File to write.") var file = "kong.yml"
        @OptionGroup var options: Options

        func run() throws {
            guard !Files.exists(file) else {
                throw CommandError("\(file) already exists in the current directory.\nWill not overwrite it.")
            }
            try Files.write(DeclarativeExample.text, to: file)
        }
    }

    struct Parse: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "parse",
            abstract: "Check a file; every error is printed with its place.")
        @Argument(help: "File to check.") var file: String
        @OptionGroup var options: Options

        func run() throws {
            _ = try Config.read(file, try options.settings())
            Console.print("parse successful")
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "db_import", abstract: "Add a file's entities to the database.")
        @Argument(help: "File to import.") var file: String
        @OptionGroup var options: Options

        func run() async throws {
            let settings = try options.settings()
            let configuration = try Config.read(file, settings)
            Console.print("parse successful, beginning import")
            let store = try Config.open(settings)
            defer { store.close() }
            let records = configuration.entries.map { entry -> (entity: String, fields: JSONObject) in
                var fields = entry.record
                if let ttl = entry.ttl { fields["ttl"] = .integer(ttl) }
                return (entry.entity, fields)
            }
            let isTerminal = isatty(STDERR_FILENO) == 1
            do {
                try await store.importAll(records) { done, total in
                    guard done == total || done % 1000 == 0, total >= 1000 else { return }
                    Console.progress("imported \(done) of \(total)", onTerminal: isTerminal, isLast: done == total)
                }
            } catch {
                throw CommandError("Failed importing:\n\(DeclarativeErrors.text(error))")
            }
            Console.print("import successful")
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "db_export", abstract: "Write the database to a file.")
        @Argument(help: "File to write.") var file = "kong.yml"
        @OptionGroup var options: Options

        func run() async throws {
            guard !Files.exists(file) else { throw CommandError("\(file) already exists. Will not overwrite it.") }
            let store = try Config.open(try options.settings())
            defer { store.close() }
            try Files.write(try await DeclarativeLoader(store: store).export(), to: file, mode: 0o600)
        }
    }

    static func read(_ file: String, _ settings: Settings) throws -> DeclarativeConfiguration {
        guard Files.exists(file) else { throw CommandError("no file at: \(file)") }
        let text = try Files.readText(file)
        do {
            let value = try DeclarativeLoader.value(of: .text(text))
            return try DeclarativeConfiguration(value, try NodeContext.schema(settings))
        } catch let error as DataError {
            throw CommandError("Failed parsing:\n\(DeclarativeErrors.text(error, source: text, file: file))")
        }
    }

    /// A running node takes over what was written here by itself.
    static func open(_ settings: Settings) throws -> EntityStore {
        guard settings.database != "off" else {
            throw CommandError("this command needs a database: set database = sqlite or postgres")
        }
        try Files.makeDirectory(settings.prefix)
        return try EntityStore.open(
            settings, nodeID: RandomText.uuid(), context: try NodeContext.schema(settings), sink: nil)
    }
}

/// What `kong config init` writes.
enum DeclarativeExample {
    static let text = """
        # A declarative configuration: what the gateway serves, in one file.
        #
        #   kong config parse kong.yml                                          checks it
        #   KONG_DATABASE=off KONG_DECLARATIVE_CONFIG=$PWD/kong.yml kong start   serves it
        #   kong config db_import kong.yml                                      adds it to a database

        _format_version: "3.0"

        # services:
        # - name: example
        #   url: http://127.0.0.1:8088
        #   routes:
        #   - name: hello
        #     paths: [/hello]
        #     plugins:
        #     - name: key-auth

        # consumers:
        # - username: alice
        #   keyauth_credentials:
        #   - key: alice-key
        #   acls:
        #   - group: friends

        """
}
