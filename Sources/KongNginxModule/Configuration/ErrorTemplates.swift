import Glibc
import KongCore

/// Error templates from the files that `error_template_*` name.
enum ErrorTemplates {
    /// A file that cannot be read leaves the built-in template in force; `kong check` has refused it before.
    static func load(_ settings: [String: [String]]) -> ErrorPage.Templates {
        var templates = ErrorPage.Templates()
        func read(_ name: String, into text: inout String) {
            if let file = settings["error_template_\(name)"]?.first, let contents = contents(of: file) {
                text = contents
            }
        }
        read("json", into: &templates.json)
        read("html", into: &templates.html)
        read("xml", into: &templates.xml)
        read("plain", into: &templates.plain)
        return templates
    }

    static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while out.count < 1 << 20 {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            out += buffer.prefix(count)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
