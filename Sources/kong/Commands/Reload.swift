import ArgumentParser
import Foundation
import KongCore

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Apply changed settings without dropping a connection.",
        discussion: """
            nginx tests the new configuration first; if it is refused, the running one stays in force and the
            error names the template's file and line. Without -c the node keeps what it was started with,
            overlaid by the KONG_* variables of this command.

            Examples:
              kong reload -c kong.conf
              KONG_LOG_LEVEL=debug kong reload
            """)

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption
    @OptionGroup var template: TemplateOptions

    func run() throws {
        let path = try SettingsSource.prefix(prefix.prefix)
        guard Files.isDirectory(path) else { throw CommandError("no such prefix: \(path)") }
        let running = try SettingsSource.recorded(in: path)
        let settings: Settings
        if conf.conf != nil {
            settings = try SettingsSource.configured(file: conf.conf, prefix: path)
        } else {
            let variables = try SettingsSource.configured(file: nil, prefix: path).given
            settings = try SettingsSource.recorded(in: path, changes: variables)
        }
        SettingsSource.warn(about: settings)
        try Node(settings).reload(template, from: running)
        Console.print("Kong reloaded")
    }
}
