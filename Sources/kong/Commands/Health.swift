import ArgumentParser
import KongCore

struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Tell whether the node's processes run.",
        discussion: "Exit code 1 when one does not.\n\nExample: kong health -p /var/lib/kong")

    @OptionGroup var prefix: PrefixOption

    func run() throws {
        let settings = try SettingsSource.running(prefix: prefix.prefix)
        let services = [("nginx", Nginx.running(settings) != nil), ("admin", AdminControl.running(settings) != nil)]
        for (name, isRunning) in services {
            let dots = String(repeating: ".", count: 12 - name.count)
            Console.print("\(name)\(dots)\(isRunning ? "running" : "not running")")
        }
        Console.print("")
        let count = services.count { $0.1 }
        if count == 0 { throw CommandError("Kong is not running at \(settings.prefix)") }
        if count < services.count {
            throw CommandError(
                "Some services are not running at \(settings.prefix): 'kong start' starts what is missing")
        }
        Console.print("Kong is healthy at \(settings.prefix)")
    }
}
