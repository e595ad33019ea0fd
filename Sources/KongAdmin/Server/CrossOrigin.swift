import HTTPTypes

/// The CORS headers of the Admin API (admin-api 1).
struct CrossOrigin: Sendable {
    var allowedOrigins: [String]

    /// Without `admin_gui_url` any origin is welcome; with it, the first one stands in for all strangers.
    func allowOrigin(for request: HTTPFields) -> String {
        let origin = request[values: .origin].first
        guard let first = allowedOrigins.first else { return origin ?? "*" }
        if let origin, allowedOrigins.contains(origin) { return origin }
        return first
    }
}

extension HTTPField.Name {
    static let adminLatency = Self("X-Kong-Admin-Latency") ?? .server
}
