import Foundation

/// Where this program's own files are, in place or installed.
struct Installation {
    var executable: String
    var templates: String
    /// nil when the module is nowhere; the paths tried are in `moduleCandidates`.
    var module: String?
    var moduleCandidates: [String]

    static func locate() throws(CommandError) -> Installation {
        guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw CommandError("could not read /proc/self/exe: is /proc mounted?")
        }
        let folder = parent(executable)
        guard let templates = templateFolders(folder).first(where: { Files.exists($0 + "/nginx-kong.conf") }) else {
            throw CommandError(
                "the templates are missing (looked in \(templateFolders(folder).joined(separator: ", "))): install again"
            )
        }
        let candidates = [
            folder + "/libngx_http_kong_module.so",
            parent(folder) + "/lib/nginx/modules/ngx_http_kong_module.so",
            "/usr/lib/nginx/modules/ngx_http_kong_module.so",
            "/usr/share/nginx/modules/ngx_http_kong_module.so",
            "/usr/lib64/nginx/modules/ngx_http_kong_module.so",
        ]
        return Installation(
            executable: executable, templates: templates, module: candidates.first(where: Files.exists),
            moduleCandidates: candidates)
    }

    /// `<prefix>/share/kong` when installed; in place, the repository above `.build/<configuration>`.
    private static func templateFolders(_ folder: String) -> [String] {
        var candidates = [parent(folder) + "/share/kong/nginx-conf-templates"]
        var above = folder
        for _ in 0..<4 {
            above = parent(above)
            candidates.append(above + "/nginx-conf-templates")
        }
        return candidates
    }

    private static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
