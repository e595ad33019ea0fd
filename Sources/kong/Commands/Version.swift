import ArgumentParser
import KongCore

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    @Flag(name: [.customShort("a"), .customLong("all")], help: "With the versions of what it runs on.")
    var all = false

    func run() throws {
        guard all else {
            Console.print(KongVersion.string)
            return
        }
        Console.print("Kong: \(KongVersion.string)")
        let nginx = try Nginx(settings: try Settings.load())
        Console.print("nginx: \(try nginx.version())")
        Console.print("Swift: \(Self.swift)")
    }

    private static var swift: String {
        #if swift(>=6.3)
            "6.3"
        #elseif swift(>=6.2)
            "6.2"
        #else
            "6"
        #endif
    }
}
