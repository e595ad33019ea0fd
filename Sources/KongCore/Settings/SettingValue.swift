/// A property's value after its text was read by the property's kind.
public enum SettingValue: Sendable, Hashable {
    case string(String)
    case number(Double)
    case boolean(Bool)
    case list([String])

    /// Reads `text`; nil is unset. Kong's rules: an empty text is unset, a
    /// boolean is on/true or false, a list is split at commas.
    init?(_ text: String, kind: Property.Kind) {
        let text = text.trimmed()
        switch kind {
        case .string:
            if text.isEmpty { return nil }
            self = .string(text)
        case .number:
            guard let number = Double(text), number.isFinite else { return nil }
            self = .number(number)
        case .boolean:
            self = .boolean(text == "on" || text == "true")
        case .nginxBoolean:
            self = .string(text == "on" || text == "true" ? "on" : "off")
        case .array:
            let items = text.split(separator: ",").map { String($0).trimmed() }.filter { !$0.isEmpty }
            if items.isEmpty { return nil }
            self = .list(items)
        }
    }

    /// The value as kong.conf spells it.
    public var text: String {
        switch self {
        case .string(let string): string
        case .number(let number): Self.text(of: number)
        case .boolean(let isOn): isOn ? "on" : "off"
        case .list(let items): items.joined(separator: ",")
        }
    }

    /// `5` rather than `5.0`.
    static func text(of number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return String(number)
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends around it.
    func trimmed() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
        var bytes = Substring(self).utf8
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
