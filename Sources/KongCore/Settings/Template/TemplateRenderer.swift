/// A rendered text, with the template line that each of its lines came from.
public struct RenderedTemplate: Sendable {
    public struct Origin: Sendable, Hashable {
        public var file: String
        public var line: Int
    }

    public internal(set) var text = ""
    /// One entry per line of `text`.
    public internal(set) var origins: [Origin] = []

    /// - Parameter line: Of the rendered text, counted from 1.
    public func origin(ofLine line: Int) -> Origin? {
        origins.indices.contains(line - 1) ? origins[line - 1] : nil
    }
}

/// Renders templates against a set of values.
public struct TemplateRenderer {
    private var scope: TemplateScope
    /// Returns the text of an included template; nil when there is none.
    private let load: (String) -> String?
    private static let deepestInclude = 8
    private static let mostIterations = 100_000

    public init(
        values: [String: TemplateValue], environment: [String: String] = [:],
        load: @escaping (String) -> String? = { _ in nil }
    ) {
        scope = TemplateScope(globals: values, environment: environment)
        self.load = load
    }

    public func render(_ template: Template) throws(TemplateError) -> RenderedTemplate {
        var output = RenderedTemplate()
        var scope = scope
        try render(template.nodes, of: template.file, depth: 0, &scope, &output)
        return output
    }

    private func render(
        _ nodes: [Template.Node], of file: String, depth: Int, _ scope: inout TemplateScope,
        _ output: inout RenderedTemplate
    ) throws(TemplateError) {
        let outer = scope.locals
        defer { scope.locals = outer }
        for node in nodes {
            switch node {
            case .line(let segments, let number):
                try render(segments, of: file, number, scope, &output)
            case .branches(let branches, _):
                for branch in branches {
                    if let condition = branch.condition {
                        guard try evaluate(condition, file, branch.number, scope).isTrue else { continue }
                    }
                    try render(branch.body, of: file, depth: depth, &scope, &output)
                    break
                }
            case .each(let key, let value, let source, let isOrdered, let body, let number):
                let items = try entries(of: try evaluate(source, file, number, scope), isOrdered, file, number, source)
                for (itemKey, item) in items {
                    scope.locals[key] = itemKey
                    scope.locals[value] = item
                    try render(body, of: file, depth: depth, &scope, &output)
                }
                scope.locals[key] = outer[key]
                scope.locals[value] = outer[value]
            case .count(let name, let range, let body, let number):
                for position in try positions(range, file, number, scope) {
                    scope.locals[name] = .number(position)
                    try render(body, of: file, depth: depth, &scope, &output)
                }
                scope.locals[name] = outer[name]
            case .local(let name, let value, let number):
                scope.locals[name] = try evaluate(value, file, number, scope)
            case .include(let name, let number):
                guard depth < Self.deepestInclude else {
                    throw TemplateError(file: file, line: number, reason: "includes are nested too deeply")
                }
                guard let text = load(name) else {
                    throw TemplateError(file: file, line: number, reason: "no template '\(name)'")
                }
                let included = try Template(text, file: name)
                try render(included.nodes, of: name, depth: depth + 1, &scope, &output)
            }
        }
    }

    private func render(
        _ segments: [Template.Segment], of file: String, _ number: Int, _ scope: TemplateScope,
        _ output: inout RenderedTemplate
    ) throws(TemplateError) {
        var line = ""
        for segment in segments {
            switch segment {
            case .text(let text): line += text
            case .expression(let expression):
                let value = try evaluate(expression, file, number, scope)
                guard let text = value.text else {
                    let reason = "'\(expression.trimmed())' is a \(value.typeName) value"
                    throw TemplateError(file: file, line: number, reason: reason + hint(expression.trimmed()))
                }
                line += text
            case .property(let name): line += try property(name, file, number)
            }
        }
        output.text += line + "\n"
        let lines = line.utf8.count { $0 == 10 } + 1
        output.origins += Array(repeating: .init(file: file, line: number), count: lines)
    }

    /// `${{NAME}}`: a known property that is unset prints as nothing.
    private func property(_ name: String, _ file: String, _ number: Int) throws(TemplateError) -> String {
        switch scope.globals[name] {
        case .boolean(let isOn)?: return isOn ? "on" : "off"
        case .list(let items)?: return items.compactMap(\.text).joined(separator: " ")
        case let value?: return value.text ?? ""
        case nil:
            if Properties.isKnown(name) { return "" }
            throw TemplateError(
                file: file, line: number, reason: "unknown property '\(name.uppercased())'" + hint(name))
        }
    }

    private func hint(_ name: String) -> String {
        guard scope.globals[name] == nil else { return "" }
        let known = Set(scope.globals.keys).union(Properties.byName.keys)
        return NearestName.find(name, in: known.sorted()).map { ", did you mean '\($0)'?" } ?? ""
    }

    private func evaluate(
        _ text: String, _ file: String, _ line: Int, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        do {
            return try TemplateExpression(text).evaluate(scope)
        } catch {
            throw TemplateError(file: file, line: line, reason: "\(error.reason) in '\(text.trimmed())'")
        }
    }

    private func entries(
        of value: TemplateValue, _ isOrdered: Bool, _ file: String, _ line: Int, _ source: String
    ) throws(TemplateError) -> [(TemplateValue, TemplateValue)] {
        switch value {
        case .list(let items): return items.enumerated().map { (.number(Double($0.offset + 1)), $0.element) }
        case .table(let table):
            if isOrdered { return [] }
            return table.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        default:
            throw TemplateError(
                file: file, line: line,
                reason: "cannot loop over '\(source)' (a \(value.typeName) value)\(hint(source))")
        }
    }

    private func positions(
        _ range: [String], _ file: String, _ line: Int, _ scope: TemplateScope
    ) throws(TemplateError) -> StrideThrough<Double> {
        var bounds: [Double] = []
        for text in range {
            guard case .number(let bound) = try evaluate(text, file, line, scope) else {
                throw TemplateError(file: file, line: line, reason: "'\(text)' is not a number")
            }
            bounds.append(bound)
        }
        let step = bounds.count > 2 ? bounds[2] : 1
        guard step != 0, abs((bounds[1] - bounds[0]) / step) < Double(Self.mostIterations) else {
            throw TemplateError(file: file, line: line, reason: "the loop would run too often")
        }
        return stride(from: bounds[0], through: bounds[1], by: step)
    }
}
