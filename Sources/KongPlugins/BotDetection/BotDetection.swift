import KongCore
import KongPDK

/// Keeps out clients whose User-Agent is a robot's.
///
/// Source: Kong's `kong/plugins/bot-detection/handler.lua`: `allow`, then `deny`, then the known robots.
public final class BotDetection: AccessPhase {
    public static let name = "bot-detection"
    public static let priority = 2500

    private let allow: [Regex2]
    private let deny: [Regex2]
    /// What was decided of an agent; bounded, as clients choose the names.
    @Worker private var decisions: [[UInt8]: Bool] = [:]
    private static let cacheSize = 10_000
    private static let userAgent: HeaderName = "User-Agent"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        allow = try Self.compile(config.strings("allow"))
        deny = try Self.compile(config.strings("deny"))
    }

    private static func compile(_ patterns: [String]?) throws(PluginError) -> [Regex2] {
        var out: [Regex2] = []
        for pattern in patterns ?? [] {
            do throws(Regex2.Failure) {
                out.append(try Regex2(Array(pattern.utf8)))
            } catch {
                throw PluginError("invalid pattern \(pattern): \(error.reason)")
            }
        }
        return out
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let agents = context.request.headers(Self.userAgent)
        guard agents.count <= 1 else { return .exit(.error(400, "Only one User-Agent header allowed")) }
        guard let agent = agents.first else { return .next }
        if let known = decisions[agent] { return known ? .exit(.error(403)) : .next }
        let isRefused = isRefused(agent)
        if decisions.count >= Self.cacheSize { decisions = [:] }
        decisions[agent] = isRefused
        return isRefused ? .exit(.error(403)) : .next
    }

    private func isRefused(_ agent: [UInt8]) -> Bool {
        let trimmed = agent.drop { $0 == 0x20 || $0 == 0x09 }
        return trimmed.withUnsafeBufferPointer { text in
            if allow.contains(where: { $0.contains(text) }) { return false }
            return deny.contains { $0.contains(text) } || KnownRobots.all.contains { $0.contains(text) }
        }
    }
}
