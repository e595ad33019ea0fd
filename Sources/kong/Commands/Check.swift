import ArgumentParser
import KongCore

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file and report every violation.",
        discussion: "Example: kong check /etc/kong/kong.conf")

    @Argument(help: "Configuration file; /etc/kong/kong.conf when absent.")
    var conf: String?

    @OptionGroup var option: ConfOption

    func run() throws {
        let file = conf ?? option.conf ?? ["/etc/kong/kong.conf", "/etc/kong.conf"].first(where: Files.exists)
        do {
            let settings = try SettingsSource.configured(file: file, prefix: nil)
            SettingsSource.warn(about: settings)
        } catch let error as SettingsError {
            for warning in error.warnings { Console.warn(warning) }
            for violation in error.violations { Console.printError("[error] \(violation)") }
            throw ExitCode(1)
        } catch let error as CommandError {
            Console.printError("[error] \(error.message)")
            throw ExitCode(1)
        }
        Console.print("configuration at \(file ?? "its defaults") is valid")
    }
}
