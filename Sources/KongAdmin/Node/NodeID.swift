import Foundation
import KongCore

/// The node's UUID, made once and kept in the prefix.
public enum NodeID {
    public static func read(_ settings: Settings) -> String {
        if let id = settings.string("node_id") { return id }
        let path = settings.prefix + "/kong.id"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if UUID(uuidString: id) != nil { return id }
        }
        let id = RandomText.uuid()
        // An id that cannot be kept is still good for this run.
        try? id.write(toFile: path, atomically: true, encoding: .utf8)
        return id
    }
}
