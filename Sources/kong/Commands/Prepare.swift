import ArgumentParser

struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Write the prefix without starting anything.",
        discussion: """
            Afterwards `nginx -p PREFIX -c nginx.conf` starts the proxy, and PREFIX/nginx-kong.conf can be
            included in the http block of your own nginx.conf. The admin process is started by `kong start`.

            Example: kong prepare -p /var/lib/kong
            """)

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption
    @OptionGroup var template: TemplateOptions

    func run() throws {
        let settings = try SettingsSource.configured(file: conf.conf, prefix: prefix.prefix)
        SettingsSource.warn(about: settings)
        try Node(settings).prepare(template)
    }
}
