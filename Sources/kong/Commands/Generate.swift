import ArgumentParser
import KongCore

/// For scripts/generate.sh: files of the repository that come from declarations.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a generated file.", shouldDisplay: false)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case settings = "kong.conf.default"
        case documentation = "docs/configuration.md"
    }

    @Argument var output: Output

    func run() {
        let text =
            switch output {
            case .settings: SettingsDocument.defaultFile()
            case .documentation: SettingsDocument.table()
            }
        Console.print(String(text.dropLast()))
    }
}
