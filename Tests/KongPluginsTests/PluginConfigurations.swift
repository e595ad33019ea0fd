import Foundation
import KongCore

/// Configurations that each bundled plugin accepts: the least that it needs, and some that nest or use old names.
enum PluginConfigurations {
    static let all: [String: [JSONObject]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/configurations.json")
        guard let data = try? Data(contentsOf: file), let value = try? JSONValue(parsing: Array(data)) else {
            return [:]
        }
        return (value.objectValue ?? [:]).mapValues { ($0.arrayValue ?? []).compactMap(\.objectValue) }
    }()

    /// Old names that are a shorthand without a deprecation notice, by the field that they set.
    static let renamed = [
        "endpoint": "traces_endpoint", "cookie_lifetime": "rolling_timeout", "cookie_idletime": "idling_timeout",
        "cookie_samesite": "cookie_same_site",
    ]
}
