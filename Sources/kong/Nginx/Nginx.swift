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

    /// Waits until the workers are initialised: the master returns from starting before they are.
    static func waitForWorkers(_ settings: Settings) {
        let wanted = settings.directives[.main]?.first { $0.name == "worker_processes" }.flatMap { Int($0.value) }
        let expected = wanted ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
        var last = -1
        var unchanged = 0
        // A custom template may ask for another number: then a count that stands still is the answer.
        while unchanged < 10, let master = running(settings) {
            let count = master.children.count(where: isReadyWorker)
            if count >= expected { return }
            unchanged = count == last && count > 0 ? unchanged + 1 : 0
            last = count
            usleep(10_000)
        }
    }

    /// nginx gives a worker its title when the modules have initialised it.
    private static func isReadyWorker(_ pid: pid_t) -> Bool {
        (try? Files.readText("/proc/\(pid)/cmdline"))?.hasPrefix("nginx: worker process") ?? false
    }

    static func running(_ settings: Settings) -> RunningProcess? {
        RunningProcess(pidFile: settings.nginxPidPath, named: "nginx")
    }
}
