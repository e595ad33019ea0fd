/// What an expression can see.
struct TemplateScope {
    var globals: [String: TemplateValue]
    var locals: [String: TemplateValue] = [:]
    /// For `os.getenv`.
    var environment: [String: String] = [:]

    func value(of name: String) -> TemplateValue { locals[name] ?? globals[name] ?? .nil }
}

extension TemplateExpression {
    func evaluate(_ scope: TemplateScope) throws(ExpressionError) -> TemplateValue {
        switch self {
        case .constant(let value): return value
        case .name(let name): return scope.value(of: name)
        case .index(let base, let key): return try index(base, try key.evaluate(scope), scope)
        case .not(let inner): return .boolean(!(try inner.evaluate(scope).isTrue))
        case .length(let inner): return .number(Double(try length(inner, scope)))
        case .negate(let inner): return .number(-(try Self.number(try inner.evaluate(scope))))
        case .and(let left, let right):
            let value = try left.evaluate(scope)
            return value.isTrue ? try right.evaluate(scope) : value
        case .or(let left, let right):
            let value = try left.evaluate(scope)
            return value.isTrue ? value : try right.evaluate(scope)
        case .binary(let operation, let left, let right):
            return try Self.apply(operation, try left.evaluate(scope), try right.evaluate(scope))
        case .call(let function, let arguments):
            return try Self.call(function, try Self.values(of: arguments, scope), scope)
        case .method(let base, let method, let arguments):
            return try Self.method(method, on: try base.evaluate(scope), try Self.values(of: arguments, scope))
        }
    }

    private static func values(
        of expressions: [TemplateExpression], _ scope: TemplateScope
    ) throws(ExpressionError) -> [TemplateValue] {
        var values: [TemplateValue] = []
        for expression in expressions { values.append(try expression.evaluate(scope)) }
        return values
    }

    private func index(
        _ base: TemplateExpression, _ key: TemplateValue, _ scope: TemplateScope
    ) throws(ExpressionError) -> TemplateValue {
        switch (try base.evaluate(scope), key) {
        case (.table(let table), .string(let key)): return table[key] ?? .nil
        case (.list(let list), .number(let position)):
            guard let position = Int(exactly: position), list.indices.contains(position - 1) else { return .nil }
            return list[position - 1]
        case (.table, _), (.list, _): return .nil
        case (let value, _):
            let name = base.label.map { " '\($0)'" } ?? ""
            throw ExpressionError(reason: "attempt to index\(name) (a \(value.typeName) value)")
        }
    }

    private func length(_ inner: TemplateExpression, _ scope: TemplateScope) throws(ExpressionError) -> Int {
        switch try inner.evaluate(scope) {
        case .list(let list): return list.count
        case .string(let string): return string.utf8.count
        case .table: return 0
        case let value:
            let name = inner.label.map { " of '\($0)'" } ?? ""
            throw ExpressionError(reason: "attempt to get the length\(name) (a \(value.typeName) value)")
        }
    }

    private static func number(_ value: TemplateValue) throws(ExpressionError) -> Double {
        switch value {
        case .number(let number): return number
        case .string(let text):
            if let number = Double(text) { return number }
        default: break
        }
        throw ExpressionError(reason: "attempt to calculate with a \(value.typeName) value")
    }

    private static func apply(
        _ operation: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ExpressionError) -> TemplateValue {
        switch operation {
        case "==": return .boolean(left == right)
        case "~=": return .boolean(left != right)
        case "..":
            for side in [left, right] {
                guard side.text != nil else {
                    throw ExpressionError(reason: "attempt to concatenate a \(side.typeName) value")
                }
            }
            return .string((left.text ?? "") + (right.text ?? ""))
        case "<": return .boolean(try isLess(left, right))
        case ">": return .boolean(try isLess(right, left))
        case "<=": return .boolean(!(try isLess(right, left)))
        case ">=": return .boolean(!(try isLess(left, right)))
        case "+": return .number(try number(left) + (try number(right)))
        case "-": return .number(try number(left) - (try number(right)))
        case "*": return .number(try number(left) * (try number(right)))
        case "/": return .number(try number(left) / (try number(right)))
        case "%":
            let (dividend, divisor) = (try number(left), try number(right))
            return .number(dividend - (dividend / divisor).rounded(.down) * divisor)
        default: throw ExpressionError(reason: "unknown operator '\(operation)'")
        }
    }

    private static func isLess(_ left: TemplateValue, _ right: TemplateValue) throws(ExpressionError) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): return left < right
        case (.string(let left), .string(let right)): return left < right
        default:
            throw ExpressionError(reason: "attempt to compare a \(left.typeName) with a \(right.typeName) value")
        }
    }
}
