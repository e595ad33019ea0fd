import Foundation
import KongCore

/// The distribution's nginx, run on a prefix.
struct Nginx {
    let path: String
    let prefix: String

    init(settings: Settings) throws {
        var folders: [String] = []
        if let root = settings.string("openresty_path") { folders = ["\(root)/nginx/sbin", "\(root)/sbin", root] }
        guard let path = Command.find("nginx", before: folders, extra: ["/usr/sbin", "/usr/local/sbin"]) else {
            throw CommandError("nginx was not found: apt-get install nginx, or name its folder with openresty_path")
        }
        self.path = path
        prefix = settings.prefix
    }

    /// `1.22.1`
    func version() throws -> String {
        let output = try Command.run(path, ["-v"]).output
        return output.split(separator: "/").last.map { String($0).trimmingCharacters(in: .whitespacesAndNewlines) }
            ?? output
    }

    func test(configuration: String) throws -> Command.Result {
        try Command.run(path, ["-t", "-p", prefix, "-c", configuration])
    }

    var startArguments: [String] { ["-p", prefix, "-c", "nginx.conf"] }

    /// Starts a daemon and returns when its master has bound the listeners.
    func start() throws {
        let result = try Command.run(path, startArguments)
        guard result.status == 0 else { throw NginxDiagnosis(result.output) { _, _ in nil }.error }
        if !result.output.isEmpty { Console.verbose(result.output) }
    }

    static func running(_ settings: Settings) -> RunningProcess? {
        RunningProcess(pidFile: settings.nginxPidPath, named: "nginx")
    }
}
