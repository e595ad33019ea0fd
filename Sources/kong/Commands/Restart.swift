import ArgumentParser

struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Stop the node if it runs, then start it.",
        discussion: "Connections are dropped; `kong reload` keeps them.\n\nExample: kong restart -c kong.conf")

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption
    @OptionGroup var template: TemplateOptions
    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let settings = try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix)
        SettingsSource.warn(about: settings)
        let node = try Node(settings)
        try? node.stop()  // What does not run need not be stopped.
        try node.start(template, database)
    }
}
