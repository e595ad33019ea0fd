import Foundation
import KongCore

// What a node without a database starts with.
extension DeclarativeLoader {
    /// One line and the errors: `kong start` prints it.
    public struct StartFailure: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Loads what the settings name, or what was in force when the last process ended. To be called before
    /// `EntityStore.start()`: workers that still run must never see an empty configuration in between.
    /// - Parameter isServing: whether workers run: what they serve then wins over an unchanged file.
    /// - Throws: `StartFailure`; there is no starting with less than what was asked for.
    public func restore(_ settings: Settings, isServing: Bool) async throws {
        var start: (source: Source, label: String)?
        if let text = settings.string("declarative_config_string") {
            start = (.text(text), "declarative config string")
        } else if let path = settings.string("declarative_config") {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw StartFailure(
                    description: "error parsing declarative config file \(path):\ncannot be read as UTF-8")
            }
            start = (.text(text), "declarative config file \(path)")
        }
        let startHash = start?.source.hash ?? ""
        started(with: startHash)
        if let kept = try keptSource(), start == nil || isServing && kept.startHash == startHash {
            return try await load(kept.source, "the configuration kept in \(keptPath ?? "")")
        }
        if let start { try await load(start.source, start.label) }
    }

    private func load(_ source: Source, _ label: String) async throws {
        do {
            try await load(source)
        } catch let error as DataError {
            let text = if case .text(let text) = source { text } else { String?.none }
            let file = label.split(separator: " ").last.map(String.init) ?? label
            throw StartFailure(
                description: "error parsing \(label):\n\(DeclarativeErrors.text(error, source: text, file: file))")
        }
    }

    private struct Kept: Codable {
        var startHash: String
        var isText: Bool
        var content: String
    }

    /// Durable when it returns, but not yet in place.
    func writeBeside(_ source: Source, startHash: String) throws {
        guard let keptPath else { return }
        let kept =
            switch source {
            case .text(let text): Kept(startHash: startHash, isText: true, content: text)
            case .value(let object):
                Kept(startHash: startHash, isText: false, content: JSONValue.object(object).jsonText)
            }
        let beside = Self.beside(keptPath)
        do {
            let data = try JSONEncoder().encode(kept)
            // The configuration holds secrets.
            guard FileManager.default.createFile(atPath: beside, contents: nil, attributes: [.posixPermissions: 0o600]),
                let handle = FileHandle(forWritingAtPath: beside)
            else { throw CocoaError(.fileWriteUnknown) }
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw DataError.unavailable("the configuration cannot be kept in \(keptPath): \(error)")
        }
    }

    /// Durable when it returns: the new name is synced, too.
    func putInPlace() throws {
        guard let keptPath else { return }
        let folder = open(URL(fileURLWithPath: keptPath).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        guard folder >= 0, rename(Self.beside(keptPath), keptPath) == 0, fsync(folder) == 0 else {
            let reason = String(cString: strerror(errno))
            throw DataError.unavailable("the configuration cannot be kept in \(keptPath): \(reason)")
        }
    }

    private static func beside(_ path: String) -> String { path + ".new" }

    private func keptSource() throws(StartFailure) -> (source: Source, startHash: String)? {
        guard let keptPath, let data = FileManager.default.contents(atPath: keptPath) else { return nil }
        guard let kept = try? JSONDecoder().decode(Kept.self, from: data) else {
            throw StartFailure(description: "\(keptPath) is damaged: remove it to start without a configuration")
        }
        if kept.isText { return (.text(kept.content), kept.startHash) }
        guard let value = try? JSONValue(parsing: Array(kept.content.utf8)), let object = value.objectValue else {
            throw StartFailure(description: "\(keptPath) is damaged: remove it to start without a configuration")
        }
        return (.value(object), kept.startHash)
    }
}
