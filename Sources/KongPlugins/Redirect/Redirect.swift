import KongCore
import KongPDK

/// Sends clients elsewhere.
///
/// Source: Kong's `kong/plugins/redirect/handler.lua`.
public final class Redirect: AccessPhase {
    public static let name = "redirect"
    public static let priority = 779

    private let status: Int
    private let location: String
    /// The location up to its path, when the request's own path replaces that.
    private let base: (origin: String, fragment: String)?

    public init(_ config: PluginConfiguration) throws(PluginError) {
        guard let location = config.string("location") else { throw PluginError("no location") }
        self.location = location
        status = config.integer("status_code").map { Int(clamping: $0) } ?? 301
        base = config.bool("keep_incoming_path") ? Self.split(location) : nil
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        .exit(Response(status: status, headers: [("Location", target(context.request))], body: .text("redirecting")))
    }

    @Worker
    private func target(_ request: any RequestBackend) -> String {
        guard let base else { return location }
        var out = base.origin + String(decoding: request.rawPath, as: UTF8.self)
        let query = request.rawQuery
        if !query.isEmpty { out += "?" + String(decoding: query, as: UTF8.self) }
        return out + base.fragment
    }

    /// Scheme and authority in the form of the WHATWG's URL standard, and the fragment.
    private static func split(_ location: String) -> (origin: String, fragment: String)? {
        let parts = location.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let fragment = parts.count > 1 ? "#" + parts[1] : ""
        guard let colon = parts[0].utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = parts[0][..<colon].lowercased()
        let rest = parts[0][colon...].dropFirst()
        guard rest.hasPrefix("//") else { return nil }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        // User and password keep their case; the host has none.
        let at = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        var host = authority[at...].lowercased()
        for (name, port) in [("http", ":80"), ("https", ":443")] where scheme == name && host.hasSuffix(port) {
            host.removeLast(port.count)
        }
        return (scheme + "://" + authority[..<at] + host, fragment)
    }
}
