import CLMDB
import KongCore

// Whose configuration the snapshot holds, so that a node can start on it while the shared store is away.
extension SnapshotWriter {
    public func origin() throws -> ConfigurationOrigin? {
        if isDamaged() { return nil }
        return try Self.view(environment) { $0.origin }
    }

    /// Whose configuration lies in directory `path`; nil unless it can be served as it is. Changes nothing there.
    public static func origin(at path: String, mapSize: Int) -> ConfigurationOrigin? {
        let verdict = BootMark(path).verdict
        guard verdict == .whole || verdict == .unknown,
            // A file that cannot be opened cannot be served either, whatever the reason.
            let environment = try? SnapshotEnvironment(path: path, mapSize: mapSize, readOnly: true)
        else { return nil }
        return (try? view(environment) { $0.origin }) ?? nil
    }

    public func adopt(_ origin: ConfigurationOrigin) throws {
        try changeMeta { writer in
            try writer.setOrigin(origin)
            return true
        }
    }

    /// One look at the file; nil when it is not of this format.
    static func view<T>(_ environment: SnapshotEnvironment, _ body: (SnapshotView) -> T?) throws -> T? {
        let transaction = try environment.begin(readOnly: true)
        defer { environment.abort(transaction) }
        let view = SnapshotView(environment, transaction)
        return view.metaValue("format") == SnapshotLayout.format ? body(view) : nil
    }
}
