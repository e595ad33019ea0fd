/// A value in a template: the part of Lua's types that configuration needs.
public enum TemplateValue: Sendable, Hashable {
    case `nil`
    case boolean(Bool)
    case number(Double)
    case string(String)
    case list([TemplateValue])
    case table([String: TemplateValue])

    /// Lua's: only nil and false are false.
    var isTrue: Bool {
        switch self {
        case .nil, .boolean(false): false
        default: true
        }
    }

    /// Lua's name of the type, for errors.
    var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .list, .table: "table"
        }
    }

    /// What `$(…)` prints; nil for values that have no text.
    var text: String? {
        switch self {
        case .string(let string): string
        case .number(let number): SettingValue.text(of: number)
        case .boolean(let isTrue): isTrue ? "true" : "false"
        case .nil, .list, .table: nil
        }
    }

    public init(_ value: SettingValue) {
        switch value {
        case .string(let string): self = .string(string)
        case .number(let number): self = .number(number)
        case .boolean(let isOn): self = .boolean(isOn)
        case .list(let items): self = .list(items.map { .string($0) })
        }
    }
}

/// Where a template is wrong, and why.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1.
    public var line: Int
    public var reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file):\(line): \(reason)" }
}

/// An expression's own complaint; the statement around it knows the line.
struct ExpressionError: Error {
    var reason: String
}
