import CRE2

extension FieldCheck {
    /// The order in which checks run; also their identity when one set of checks is laid over another.
    var rank: Int {
        switch self {
        case .equal: 0
        case .notEqual: 1
        case .notOneOf: 2
        case .oneOf: 3
        case .greaterThan: 4
        case .timestamp: 5
        case .uuid: 6
        case .isRegex: 7
        case .between: 8
        case .lengthEqual: 9
        case .lengthMin: 10
        case .lengthMax: 11
        case .startsWith: 12
        case .notMatch: 13
        case .matchNone: 14
        case .match: 15
        case .matchAll: 16
        case .matchAny: 17
        case .contains: 18
        case .custom: 19
        case .mutuallyExclusiveSubsets: 20
        }
    }

    /// The error of a value of the right type, nil when it passes.
    func error(_ value: JSONValue, _ context: SchemaContext) -> JSONValue? {
        if case .custom(let validator) = self { return validator.check(value, context) }
        return message(value).map(JSONValue.string)
    }

    private func message(_ value: JSONValue) -> String? {
        switch self {
        case .equal(let wanted): return value == wanted ? nil : Message.equal(wanted)
        case .notEqual(let unwanted): return value != unwanted ? nil : Message.notEqual(value)
        case .notOneOf(let values): return values.contains(value) ? Message.notOneOf(values) : nil
        case .oneOf(let values): return values.contains(value) ? nil : Message.oneOf(values)
        case .mutuallyExclusiveSubsets(let subsets): return Self.exclusionError(value, subsets)
        case .contains(let wanted):
            return value.arrayValue?.contains(wanted) == true ? nil : Message.contains(wanted)
        case .greaterThan, .between, .timestamp: return numberMessage(value)
        case .lengthEqual, .lengthMin, .lengthMax: return lengthMessage(value.luaLength)
        default: return value.stringValue.flatMap(textMessage)
        }
    }

    private func numberMessage(_ value: JSONValue) -> String? {
        guard let number = value.doubleValue else { return nil }
        switch self {
        case .greaterThan(let limit): return number > limit ? nil : Message.greaterThan(limit)
        case .between(let low, let high): return low <= number && number <= high ? nil : Message.between(low, high)
        default: return number > 0 ? nil : Message.timestamp
        }
    }

    private func lengthMessage(_ length: Int) -> String? {
        switch self {
        case .lengthEqual(let count): length == count ? nil : Message.lengthEqual(count)
        case .lengthMin(let count): length >= count ? nil : Message.lengthMin(count)
        case .lengthMax(let count): length <= count ? nil : Message.lengthMax(count)
        default: nil
        }
    }

    private func textMessage(_ text: String) -> String? {
        switch self {
        case .uuid: return text.isUUID ? nil : Message.uuid
        case .isRegex: return text.regexError == nil ? nil : Message.isRegex(text)
        case .startsWith(let prefix): return text.utf8.starts(with: prefix.utf8) ? nil : Message.startsWith(prefix)
        case .notMatch(let pattern): return pattern.matches(text) ? Message.match(text) : nil
        case .matchNone(let rules): return rules.first { $0.pattern.matches(text) }?.error
        case .match(let pattern): return pattern.matches(text) ? nil : Message.match(text)
        case .matchAll(let rules): return rules.first { !$0.pattern.matches(text) }?.error
        case .matchAny(let patterns, let error): return patterns.contains { $0.matches(text) } ? nil : error
        default: return nil
        }
    }

    private static func exclusionError(_ value: JSONValue, _ subsets: [[String]]) -> String? {
        var touched: [[String]] = []
        for case .string(let element) in value.arrayValue ?? [] {
            if let subset = subsets.first(where: { $0.contains(element) }), !touched.contains(subset) {
                touched.append(subset)
            }
        }
        return touched.count > 1 ? Message.mutuallyExclusiveSubsets(touched) : nil
    }
}

extension JSONValue {
    /// Bytes of a text, elements of a container.
    fileprivate var luaLength: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .array(let elements): elements.count
        case .object(let members): members.count
        default: 0
        }
    }
}

extension String {
    /// Whether this is a UUID in either case of hexadecimal digits.
    public var isUUID: Bool {
        var position = 0
        for byte in utf8 {
            switch position {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if byte.hexDigit == nil { return false }
            }
            position += 1
        }
        return position == 36
    }

    /// Why this is no regular expression; nil when it compiles.
    public var regexError: String? {
        // The engine knows the other spelling of named groups only.
        var pattern = replacingNamedGroups()
        return pattern.withUTF8 { bytes in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
                reason.initialize(repeating: 0)
                let compiles = bytes.withMemoryRebound(to: CChar.self) {
                    kng_re2_check($0.baseAddress, $0.count, reason.baseAddress, reason.count)
                }
                if compiles == 1 { return nil }
                let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                return String(decoding: text, as: UTF8.self)
            }
        }
    }

    /// `(?<name>` as `(?P<name>`; look-behinds stay as they are, and are refused.
    private func replacingNamedGroups() -> String {
        guard contains("(?<") else { return self }
        var parts = split(separator: "(?<", omittingEmptySubsequences: false)
        var pattern = String(parts.removeFirst())
        for part in parts {
            let isLookBehind = part.hasPrefix("=") || part.hasPrefix("!")
            pattern += (isLookBehind ? "(?<" : "(?P<") + part
        }
        return pattern
    }
}
