import Foundation
import KongAdmin
import KongCore

/// The rendered configuration, beside the one in force until nginx accepts it.
struct ConfigurationSet {
    let settings: Settings
    let nginx: Nginx
    /// By the rendered file's name.
    private(set) var rendered: [String: RenderedTemplate] = [:]

    private var staging: String { settings.prefix + "/.next" }

    /// - Parameter custom: Path of a template for nginx.conf.
    init(
        settings: Settings, installation: Installation, nginx: Nginx, custom: String?, flags: [String],
        bundledPlugins: [String]
    ) throws {
        self.settings = settings
        self.nginx = nginx
        guard let module = installation.module else {
            throw CommandError(
                "the nginx module is missing (looked in \(installation.moduleCandidates.joined(separator: ", "))): "
                    + "run 'make build', or 'make install'")
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let facts = RenderFacts(
            modulePath: module, openFilesLimit: Int(clamping: limit.rlim_cur), isRoot: getuid() == 0,
            hasAccount: { WorkerAccount.exists($0) },
            defaultCertificates: try Certificates(settings: settings).pairs("proxy").map { ($0.certificate, $0.key) },
            flags: flags, bundledPlugins: bundledPlugins, nodeID: NodeID.read(settings))
        let folder = installation.templates
        let renderer = TemplateRenderer(
            values: settings.templateValues(facts), environment: ProcessInfo.processInfo.environment
        ) { name in
            // Includes are names of templates, never paths out of their folder.
            guard !name.contains("/") else { return nil }
            return try? Files.readText("\(folder)/\(name)")
        }
        let main = custom.map { Path.absolute($0, in: FileManager.default.currentDirectoryPath) }
        if let main, !Files.exists(main) { throw CommandError("no file at: \(main)") }
        for (name, path) in [
            ("nginx.conf", main ?? "\(folder)/nginx.conf"), ("nginx-kong.conf", "\(folder)/nginx-kong.conf"),
        ] {
            let file = name == "nginx.conf" && main != nil ? path : "nginx-conf-templates/\(name)"
            do {
                rendered[name] = try renderer.render(Template(try Files.readText(path), file: file))
            } catch let error as TemplateError {
                throw CommandError("the template does not render: \(error)")
            }
        }
    }

    /// Lets nginx test the set, then puts it in force. On any error what was there stays.
    func install() throws {
        try Files.makeDirectory(staging)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        for (name, text) in rendered { try Files.write(text.text, to: "\(staging)/\(name)") }
        let result = try nginx.test(configuration: "\(staging)/nginx.conf")
        guard result.status == 0 else { throw NginxDiagnosis(result.output, origin: origin).error }
        Console.debug(result.output)
        // nginx.conf last: until then a reload by somebody else finds a pair that was valid together before.
        for name in rendered.keys.sorted(by: >) {
            guard rename("\(staging)/\(name)", "\(settings.prefix)/\(name)") == 0 else {
                throw SystemError.last("replace \(settings.prefix)/\(name)")
            }
        }
    }

    /// The template line behind a line of a rendered file.
    private func origin(_ path: String, _ line: Int) -> RenderedTemplate.Origin? {
        guard let name = path.split(separator: "/").last else { return nil }
        return rendered[String(name)]?.origin(ofLine: line)
    }
}
