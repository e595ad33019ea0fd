import ArgumentParser
import KongCore

struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start the node: the admin process and nginx.",
        discussion: """
            When nginx runs but the admin process does not, only the latter is started.

            Examples:
              kong start
              kong start -c /etc/kong/kong.conf -p /var/lib/kong
              kong start --nginx-conf my-nginx.conf
            """)

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption
    @OptionGroup var template: TemplateOptions
    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let settings = try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix)
        SettingsSource.warn(about: settings)
        try Node(settings).start(template, database)
    }
}
