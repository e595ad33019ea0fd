import ArgumentParser

struct ConfOption: ParsableArguments {
    @Option(name: [.customShort("c"), .customLong("conf")], help: "Configuration file.")
    var conf: String?
}

struct PrefixOption: ParsableArguments {
    @Option(name: [.customShort("p"), .customLong("prefix")], help: "Working directory of the node.")
    var prefix: String?
}

struct TemplateOptions: ParsableArguments {
    @Option(name: .customLong("nginx-conf"), help: "Template for nginx.conf, instead of the installed one.")
    var nginxConf: String?

    @Option(name: .customLong("nginx-conf-flags"), help: "Names, separated by commas, that are true in templates.")
    var nginxConfFlags: String?

    var flags: [String] { (nginxConfFlags ?? "").split(separator: ",").map(String.init) }
}

struct DatabaseOptions: ParsableArguments {
    @Flag(name: .customLong("run-migrations"), help: "Bring the database up to date first.")
    var runMigrations = false

    @Option(name: .customLong("db-timeout"), help: "Seconds to wait for the database.")
    var dbTimeout = 60

    @Option(name: .customLong("lock-timeout"), help: "Seconds to wait for another node's migrations.")
    var lockTimeout = 60
}
