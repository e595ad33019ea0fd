/// Lines to nodes.
struct TemplateParser {
    private let file: String
    private let lines: [Substring]
    private var position = 0

    init(text: String, file: String) {
        self.file = file
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }

    mutating func parse() throws(TemplateError) -> [Template.Node] {
        let nodes = try block(opened: nil)
        guard position == lines.count else { throw error("'\(lines[position].dropFirst().trimmed())' closes nothing") }
        return nodes
    }

    /// The number of the line at `position`, counted from 1.
    private var number: Int { position + 1 }

    private func error(_ reason: String, at line: Int? = nil) -> TemplateError {
        TemplateError(file: file, line: line ?? number, reason: reason)
    }

    /// Everything up to a line that ends or continues the block.
    private mutating func block(opened: (keyword: String, line: Int)?) throws(TemplateError) -> [Template.Node] {
        var nodes: [Template.Node] = []
        while position < lines.count {
            let line = lines[position]
            guard line.hasPrefix(">") else {
                nodes.append(.line(try segments(line), number: number))
                position += 1
                continue
            }
            let statement = line.dropFirst().trimmed()
            let keyword = statement.prefix { $0.isLetter }
            if ["end", "else", "elseif"].contains(keyword) {
                return nodes
            }
            if let node = try self.statement(statement, keyword: String(keyword)) { nodes.append(node) }
        }
        if let opened { throw error("'\(opened.keyword)' has no 'end'", at: opened.line) }
        return nodes
    }

    private mutating func statement(_ text: String, keyword: String) throws(TemplateError) -> Template.Node? {
        let start = number
        switch keyword {
        case "if": return try branches(text)
        case "for": return try loop(text)
        case "local":
            let parts = text.dropFirst("local".count).split(separator: "=", maxSplits: 1).map { $0.trimmed() }
            guard parts.count == 2, Self.isName(parts[0]) else { throw error("'local <name> = <value>' expected") }
            position += 1
            return .local(name: parts[0], value: parts[1], number: start)
        case "include":
            let name = text.dropFirst("include".count).trimmed()
            guard let quote = name.first, quote == "\"" || quote == "'", name.last == quote, name.count > 2 else {
                throw error("'include \"file\"' expected")
            }
            position += 1
            return .include(String(name.dropFirst().dropLast()), number: start)
        case "" where text.isEmpty || text.hasPrefix("--"):
            position += 1
            return nil
        default: throw error("unknown statement '\(text)'")
        }
    }

    private mutating func branches(_ text: String) throws(TemplateError) -> Template.Node {
        let start = number
        var branches: [Template.Branch] = []
        var condition: String? = try between(text, "if", "then")
        while true {
            let line = number
            position += 1
            branches.append(.init(condition: condition, number: line, body: try block(opened: ("if", start))))
            guard position < lines.count else { throw error("'if' has no 'end'", at: start) }
            let next = lines[position].dropFirst().trimmed()
            if next.hasPrefix("elseif") {
                guard condition != nil else { throw error("'elseif' after 'else'") }
                condition = try between(next, "elseif", "then")
            } else if next.hasPrefix("else") {
                guard condition != nil else { throw error("a second 'else'") }
                condition = nil
            } else {
                position += 1
                return .branches(branches, number: start)
            }
        }
    }

    private mutating func loop(_ text: String) throws(TemplateError) -> Template.Node {
        let start = number
        let head = try between(text, "for", "do")
        position += 1
        let body = try block(opened: ("for", start))
        guard position < lines.count, lines[position].dropFirst().trimmed().hasPrefix("end") else {
            throw error("'for' has no 'end'", at: start)
        }
        position += 1

        let counted = head.split(separator: "=", maxSplits: 1).map { $0.trimmed() }
        if counted.count == 2, Self.isName(counted[0]) {
            let range = Self.splitArguments(counted[1])
            guard (2...3).contains(range.count) else { throw error("'for i = first, last' expected", at: start) }
            return .count(name: counted[0], range: range, body: body, number: start)
        }
        let parts = head.components(separatedBy: " in ")
        let names = (parts.first ?? "").split(separator: ",").map { $0.trimmed() }
        guard parts.count == 2, (1...2).contains(names.count), names.allSatisfy(Self.isName) else {
            throw error("'for _, value in ipairs(list) do' expected", at: start)
        }
        let source = parts[1].trimmed()
        for function in ["ipairs", "pairs"] where source.hasPrefix(function) && source.hasSuffix(")") {
            let inner = source.dropFirst(function.count).trimmed()
            guard inner.hasPrefix("(") else { continue }
            return .each(
                key: names[0], value: names.count > 1 ? names[1] : "_", in: String(inner.dropFirst().dropLast()),
                isOrdered: function == "ipairs", body: body, number: start)
        }
        throw error("a loop runs over ipairs(list) or pairs(table)", at: start)
    }

    /// The text between two keywords: `if X then`.
    private func between(_ text: String, _ first: String, _ last: String) throws(TemplateError) -> String {
        let text = Self.withoutComment(text)
        guard text.hasSuffix(last), text.count >= first.count + last.count else {
            throw error("'\(first)' without '\(last)'")
        }
        return text.dropFirst(first.count).dropLast(last.count).trimmed()
    }

    private static func withoutComment(_ text: String) -> String {
        text.components(separatedBy: " --").first?.trimmed() ?? text
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    /// Splits at the commas outside parentheses.
    private static func splitArguments(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if "([".contains(character) { depth += 1 }
            if ")]".contains(character) { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map { $0.trimmed() }
    }

    private func segments(_ line: Substring) throws(TemplateError) -> [Template.Segment] {
        var segments: [Template.Segment] = []
        var text = ""
        var rest = line
        func flush() { if !text.isEmpty { segments.append(.text(text)); text = "" } }
        while let first = rest.first {
            if rest.hasPrefix("${{") {
                guard let close = rest.firstRange(ofText: "}}") else { throw error("'${{' without '}}'") }
                flush()
                let name = rest[rest.index(rest.startIndex, offsetBy: 3)..<close.lowerBound]
                segments.append(.property(name.trimmed().lowercased()))
                rest = rest[close.upperBound...]
            } else if rest.hasPrefix("$(") {
                guard let close = Self.closingParenthesis(rest.dropFirst()) else { throw error("'$(' without ')'") }
                flush()
                segments.append(.expression(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close])))
                rest = rest[rest.index(after: close)...]
            } else {
                text.append(first)
                rest.removeFirst()
            }
        }
        flush()
        return segments
    }

    private static func closingParenthesis(_ text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
