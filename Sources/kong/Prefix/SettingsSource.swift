import Foundation
import KongCore

/// Finds and reads the settings of a command.
enum SettingsSource {
    /// For commands that begin something: kong.conf, `KONG_*`, the command line.
    static func configured(file: String?, prefix: String?) throws -> Settings {
        var text: String?
        if let file {
            guard Files.exists(file), !Files.isDirectory(file) else { throw CommandError("no file at: \(file)") }
            text = try Files.readText(file)
        } else if let found = ["/etc/kong/kong.conf", "/etc/kong.conf"].first(where: Files.exists) {
            Console.verbose("reading config file at \(found)")
            text = try Files.readText(found)
        } else {
            Console.verbose("no config file found at /etc/kong/kong.conf or /etc/kong.conf")
        }
        let settings = try Settings.load(
            file: text, environment: ProcessInfo.processInfo.environment, overrides: overrides(prefix),
            workingDirectory: FileManager.default.currentDirectoryPath)
        let violations = FileChecks.violations(of: settings)
        guard violations.isEmpty else { throw SettingsError(violations, warnings: settings.warnings) }
        return settings
    }

    /// For commands about a running node: what it was started with.
    static func running(prefix: String?) throws -> Settings {
        let path = try self.prefix(prefix)
        guard Files.isDirectory(path) else { throw CommandError("no such prefix: \(path)") }
        return try recorded(in: path)
    }

    /// Reads `<prefix>/.kong_env`.
    static func recorded(in prefix: String, changes: [String: String] = [:]) throws -> Settings {
        let path = prefix + "/.kong_env"
        guard Files.exists(path) else {
            throw CommandError("\(prefix) holds no .kong_env: was it prepared? Run 'kong start -p \(prefix)' first")
        }
        var values = try RunningSettings.read(path)
        values.merge(changes) { _, change in change }
        values["prefix"] = prefix
        return try Settings.load(
            environment: ProcessInfo.processInfo.environment, overrides: values, workingDirectory: prefix,
            readsVariables: false)
    }

    /// The prefix a command means, without validating anything else.
    static func prefix(_ given: String?) throws -> String {
        let directory = FileManager.default.currentDirectoryPath
        if let given { return Path.absolute(given, in: directory) }
        if let variable = ProcessInfo.processInfo.environment["KONG_PREFIX"] {
            return Path.absolute(variable, in: directory)
        }
        for file in ["/etc/kong/kong.conf", "/etc/kong.conf"] where Files.exists(file) {
            let entries = SettingsText.parse(try Files.readText(file))
            if let entry = entries.last(where: { $0.name == "prefix" }) {
                return Path.absolute(entry.value, in: directory)
            }
        }
        return "/usr/local/kong"
    }

    static func warn(about settings: Settings) {
        for warning in settings.warnings { Console.warn(warning) }
    }

    private static func overrides(_ prefix: String?) -> [String: String] { prefix.map { ["prefix": $0] } ?? [:] }
}

/// `.kong_env`: what the node runs with, in the syntax of kong.conf.
enum RunningSettings {
    private static let marker = "base64:"

    static func write(_ settings: Settings) throws {
        var values = settings.given
        values["prefix"] = settings.prefix
        // One line holds one property: PEM text and YAML are kept as base64.
        for (name, value) in values where value.contains(where: \.isNewline) {
            values[name] = marker + Data(value.utf8).base64EncodedString()
        }
        let text = "# What this node runs with. Written by kong start and kong reload.\n" + SettingsText.print(values)
        try Files.write(text, to: settings.runningSettingsPath, mode: 0o640)
    }

    static func read(_ path: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for entry in SettingsText.parse(try Files.readText(path)) {
            values[entry.name] = unpacked(entry.value) ?? entry.value
        }
        return values
    }

    private static func unpacked(_ value: String) -> String? {
        guard value.hasPrefix(marker), let data = Data(base64Encoded: String(value.dropFirst(marker.count))) else {
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }
}
