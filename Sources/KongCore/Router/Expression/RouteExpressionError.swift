/// What is wrong with an expression, in the words of the engine that Kong uses.
public struct RouteExpressionError: Error, Sendable, Equatable {
    public var message: String

    init(_ message: String) { self.message = message }

    /// A fault at a place, drawn under its line.
    ///
    /// - Parameter range: bytes of `source`; empty: the parser could not go on from there.
    init(_ message: String, at range: Range<Int>, of source: [UInt8]) {
        self.message = Self.drawn(message, range, source)
    }

    /// The engine hands its text over in a buffer of this size.
    static let longest = 2048

    /// `message` cut where the engine's buffer ends.
    var cut: String {
        guard message.utf8.count > Self.longest else { return message }
        var bytes = Array(message.utf8.prefix(Self.longest))
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private struct Place {
        var line: Int
        var column: Int
        var lineText: Substring
    }

    private static func drawn(_ message: String, _ range: Range<Int>, _ source: [UInt8]) -> String {
        let start = place(range.lowerBound, source)
        let number = String(start.line)
        let margin = String(repeating: " ", count: number.utf8.count)
        var indent = ""
        for character in start.lineText.unicodeScalars.prefix(start.column - 1) {
            indent.append(character == "\t" ? "\t" : " ")
        }
        var lines = ["\(margin)--> \(number):\(start.column)", "\(margin) |", "\(number) | \(visible(start.lineText))"]
        if range.isEmpty {
            lines.append("\(margin) | \(indent)^---")
        } else {
            let end = place(range.upperBound, source)
            if end.line > start.line {
                if end.line - start.line > 1 { lines.append("\(margin) | ...") }
                lines.append("\(end.line) | \(visible(end.lineText))")
            }
            // Over several lines the columns alone are marked.
            let columns = [start.column, end.column]
            let width = abs(columns[1] - columns[0])
            let marks = width > 1 ? "^" + String(repeating: "-", count: width - 2) + "^" : "^"
            lines.append("\(margin) | \(indent)\(marks)")
        }
        return (lines + ["\(margin) |", "\(margin) = \(message)"]).joined(separator: "\n")
    }

    private static func visible(_ line: Substring) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0 != "\n" && $0 != "\r" }))
    }

    /// Line and column, from one, in characters.
    private static func place(_ position: Int, _ source: [UInt8]) -> Place {
        let position = min(position, source.count)
        var line = 1
        var lineStart = 0
        for index in 0..<position where source[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        let lineEnd = source[position...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
        let before = String(decoding: source[lineStart..<position], as: UTF8.self)
        let text = String(decoding: source[lineStart..<lineEnd], as: UTF8.self)
        return Place(line: line, column: before.unicodeScalars.count + 1, lineText: text[...])
    }
}
