import Foundation
import KongCore

/// A request as the upstream received it.
public struct ReceivedRequest: Sendable {
    public let method: String
    public let target: String
    public let version: String
    public let headers: [HeaderLine]
    public let body: [UInt8]

    public var path: String { String(target.prefix { $0 != "?" }) }

    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var query: [String: [String]] {
        let text = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        var values: [String: [String]] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map {
                $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? String($0)
            }
            values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
        }
        return values
    }

    var asJSON: JSONValue {
        var names: [String: JSONValue] = [:]
        for line in headers {
            let name = line.name.lowercased()
            names[name] = .array((names[name]?.arrayValue ?? []) + [.string(line.value)])
        }
        return [
            "method": .string(method), "target": .string(target), "version": .string(version),
            "headers": .object(names), "body": .string(String(decoding: body, as: UTF8.self)),
        ]
    }
}
