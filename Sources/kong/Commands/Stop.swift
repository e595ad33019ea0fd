import ArgumentParser

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the node at once.",
        discussion:
            "Requests in flight are cut off; `kong quit` lets them finish.\n\nExample: kong stop -p /var/lib/kong")

    @OptionGroup var conf: ConfOption
    @OptionGroup var prefix: PrefixOption

    func run() throws {
        try Node(try SettingsSource.running(prefix: prefix.prefix)).stop()
        Console.print("Kong stopped")
    }
}
