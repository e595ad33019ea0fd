/// The effective configuration: defaults, file, environment and overrides
/// merged, checked, and with the values derived from them.
///
/// Pure: text in, values out. Files are read by the caller.
public struct Settings: Sendable {
    /// Every set property by name; unset ones are absent.
    public internal(set) var values: [String: SettingValue] = [:]
    /// What was given, as written (references not resolved): what `.kong_env` keeps.
    public internal(set) var given: [String: String] = [:]
    /// Misspelt, deprecated and ineffective properties, one line each.
    public internal(set) var warnings: [String] = []
    /// The listeners by property name, `proxy_listen` …
    public internal(set) var listeners: [String: [Listener]] = [:]
    /// Injected directives, sorted by name.
    public internal(set) var directives: [NginxBlock: [NginxDirective]] = [:]

    public subscript(name: String) -> SettingValue? { values[name] }

    /// The text of any property, nil when unset.
    public func string(_ name: String) -> String? { values[name]?.text }

    public func number(_ name: String) -> Double? {
        if case .number(let number)? = values[name] { return number }
        return nil
    }

    public func integer(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0.rounded(.towardZero)) } }

    public func isOn(_ name: String) -> Bool {
        switch values[name] {
        case .boolean(let isOn)?: isOn
        case .string(let text)?: text == "on"
        default: false
        }
    }

    public func list(_ name: String) -> [String] {
        switch values[name] {
        case .list(let items)?: items
        case .string(let text)?: [text]
        default: []
        }
    }
}

/// Everything that is wrong with a configuration, most general first.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    public var violations: [String]
    /// What was noticed besides, misspelt names above all.
    public var warnings: [String]

    public init(_ violations: [String], warnings: [String] = []) {
        self.violations = violations
        self.warnings = warnings
    }

    /// Kong prints the first.
    public var description: String { violations.first ?? "invalid configuration" }
}

extension Settings {
    /// For checks that concern a part of a property's listeners.
    public mutating func keepListeners(of property: String, where isKept: (Listener) -> Bool) {
        listeners[property] = listeners[property]?.filter(isKept)
    }
}
