import Foundation
import Testing

@testable import KongCore

/// Settings in, nginx.conf out: Tests/Goldens/nginx-conf/*.txt hold both.
/// `UPDATE_GOLDENS=1 swift test --filter NginxConfGoldenTests` writes them anew.
@Suite("Rendered nginx.conf")
struct NginxConfGoldenTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appending(path: "Tests/Goldens/nginx-conf")
    static let separator = "\n==== rendered ====\n"

    static let cases: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".txt") }.sorted()

    @Test("matches its golden", arguments: cases)
    func golden(name: String) throws {
        let file = Self.folder.appending(path: name)
        let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: Self.separator)
        let rendered = try Self.render(parts[0])
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try (parts[0] + Self.separator + rendered).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = parts.count > 1 ? parts[1] : ""
        for (line, pair) in zip(rendered.split(separator: "\n"), expected.split(separator: "\n")).enumerated() {
            #expect(pair.0 == pair.1, "line \(line + 1)")
        }
        #expect(rendered == expected)
    }

    @Test("there are goldens") func exist() { #expect(Self.cases.count >= 4) }

    static func render(_ settings: String) throws -> String {
        let loaded = try Settings.load(file: settings)
        let facts = RenderFacts(
            modulePath: "/modules/ngx_http_kong_module.so", openFilesLimit: 4096, hasAccount: { $0 == "kong" },
            defaultCertificates: [("/p/ssl/kong-default.crt", "/p/ssl/kong-default.key")],
            bundledPlugins: ["acl", "key-auth"])
        let templates = root.appending(path: "nginx-conf-templates")
        let renderer = TemplateRenderer(values: loaded.templateValues(facts)) { name in
            // What the module needs of a location is its own affair, and tested with it.
            if name == "kong-location.conf" { return "    # kong-location.conf" }
            return try? String(contentsOf: templates.appending(path: name), encoding: .utf8)
        }
        return try ["nginx.conf", "nginx-kong.conf"].map { name in
            let text = try String(contentsOf: templates.appending(path: name), encoding: .utf8)
            return "---- \(name)\n" + (try renderer.render(Template(text, file: name)).text)
        }.joined()
    }
}
