import ArgumentParser
import Foundation

struct Quit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quit",
        abstract: "Stop the node when the requests in flight are answered.",
        discussion: "Example: kong quit -t 30")

    @OptionGroup var prefix: PrefixOption

    @Option(name: [.customShort("t"), .customLong("timeout")], help: "Seconds before it is stopped by force.")
    var timeout = 10.0

    @Option(name: [.customShort("w"), .customLong("wait")], help: "Seconds to wait before beginning.")
    var wait = 0.0

    func run() throws {
        let node = try Node(try SettingsSource.running(prefix: prefix.prefix))
        if wait > 0 { usleep(useconds_t(clamping: Int(wait * 1_000_000))) }
        let isGraceful = try node.quit(timeoutSeconds: timeout)
        Console.print(isGraceful ? "Kong stopped (gracefully)" : "Timeout, Kong stopped forcefully")
    }
}
