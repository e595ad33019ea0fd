import KongCore
import KongPDK

/// Where tokens are looked for.
struct TokenSources: Sendable {
    private let queryNames: [String]
    private let cookieNames: [[UInt8]]
    private let headers: [HeaderName]
    private static let cookie: HeaderName = "Cookie"

    init(_ config: PluginConfiguration) {
        queryNames = config.strings("uri_param_names") ?? []
        cookieNames = (config.strings("cookie_names") ?? []).map { Array($0.utf8) }
        headers = (config.strings("header_names") ?? []).map { HeaderName($0) }
    }

    /// Every token of the request, each once.
    @Worker
    func tokens(_ context: AccessContext) -> [[UInt8]] {
        var out: [[UInt8]] = []
        func add(_ token: [UInt8]) {
            if !token.isEmpty, !out.contains(token) { out.append(token) }
        }
        for name in queryNames { context.queryArguments(name).forEach(add) }
        if !cookieNames.isEmpty {
            for (name, value) in cookies(context) where cookieNames.contains(name) { add(value) }
        }
        for name in headers {
            if let value = context.request.headers(name).first, let token = Self.bearer(value) { add(token) }
        }
        return out
    }

    /// What follows `Bearer` and a space; its first letter may have either case.
    private static func bearer(_ value: [UInt8]) -> [UInt8]? {
        let scheme = Array("earer".utf8)
        for index in value.indices where value[index] | 0x20 == UInt8(ascii: "b") {
            let rest = value[(index + 1)...]
            guard rest.starts(with: scheme) else { continue }
            let after = rest.dropFirst(scheme.count)
            guard let first = after.first, first == 0x20 || first == 0x09 else { continue }
            return Array(after.drop { $0 == 0x20 || $0 == 0x09 })
        }
        return nil
    }

    /// Name and value of each pair (RFC 6265, section 4.2.1).
    @Worker
    private func cookies(_ context: AccessContext) -> [(name: [UInt8], value: [UInt8])] {
        context.request.headers(Self.cookie).flatMap { line in
            line.split(separator: UInt8(ascii: ";")).compactMap { pair in
                let trimmed = pair.drop { $0 == 0x20 }
                guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                return (Array(trimmed[..<equals]), Array(trimmed[(equals + 1)...]))
            }
        }
    }
}
