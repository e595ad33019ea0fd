import ArgumentParser
import KongAdmin
import KongCore
import KongPlugins

/// For scripts/generate.sh: files of the repository that come from declarations.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Print a generated file.", shouldDisplay: false)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case settings = "kong.conf.default"
        case documentation = "docs/configuration.md"
        case openAPI = "docs/openapi.json"
    }

    @Argument var output: Output

    func run() throws {
        let text =
            switch output {
            case .settings: SettingsDocument.defaultFile()
            case .documentation: SettingsDocument.table()
            case .openAPI: try OpenAPIDocument.file(plugins: BundledPlugins())
            }
        Console.print(String(text.dropLast()))
    }
}
