import Foundation

/// Where the built product is.
public enum Product {
    /// The repository: the folder above this one that has Package.swift.
    public static let root: String = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" && !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    /// The command line: `KONG_BIN`, or bin/kong as `make build` leaves it.
    public static let kong = ProcessInfo.processInfo.environment["KONG_BIN"] ?? root + "/bin/kong"

    /// The module that nginx loads: `KONG_MODULE`, or the newest build's.
    public static let module: String = {
        if let given = ProcessInfo.processInfo.environment["KONG_MODULE"] { return given }
        let builds = ["debug", "release"].map { "\(root)/.build/\($0)/libngx_http_kong_module.so" }
        return builds.max { modified($0) < modified($1) } ?? builds[0]
    }()

    private static func modified(_ path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mtim.tv_sec : 0
    }
}
