/// What an expression found in the path: the last comparison with it that held, as in Kong, also in a branch that
/// came to nothing.
struct PathFinding {
    enum Text {
        case none
        /// A literal of the expression.
        case literal(Range<Int32>)
        /// A part of the path that a regex matched.
        case part(Range<Int>, isLower: Bool)
    }
    var text: Text = .none
    /// Index of the regex that matched the path; -1: none.
    var regex: Int32 = -1
}

extension CompiledExpression {
    func holds(for request: some RoutableRequest, _ finding: inout PathFinding) -> Bool {
        comparisons.withUnsafeBufferPointer { comparisons in
            var next = start
            while next >= 0 {
                let comparison = comparisons[Int(next)]
                next =
                    holds(comparison, request, &finding) ? comparison.onTrue : comparison.onFalse
            }
            return next == Self.accepted
        }
    }

    @inline(__always)
    private func holds(
        _ comparison: Comparison, _ request: some RoutableRequest, _ finding: inout PathFinding
    ) -> Bool {
        switch comparison.field {
        case .path: return holdsForPath(comparison, request.path, &finding)
        case .host: return request.host.map { holds(comparison, $0) } ?? false
        case .method: return holds(comparison, request.method)
        case .isTLS: return request.isTLS == (comparison.integer == 1)
        case .scheme:
            let scheme: StaticString = request.isTLS ? "https" : "http"
            return holds(comparison, UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
        case .serverName: return request.serverName.map { holds(comparison, $0) } ?? false
        case .segments:
            return Self.segments(request.path, comparison.segments).map { holds(comparison, $0) } ?? false
        case .segmentCount: return holds(comparison, Int64(Self.segmentCount(request.path)))
        case .header:
            return holdsForValues(comparison) { name, body in request.forEachHeader(name, body) }
        case .query:
            let query = request.query
            return holdsForValues(comparison) { name, body in QueryArguments.forEach(name, in: query, body) }
        case .sourceAddress: return holds(comparison, request.sourceAddress)
        case .sourcePort: return holds(comparison, Int64(request.sourcePort))
        case .destinationAddress: return holds(comparison, request.destinationAddress)
        case .destinationPort: return holds(comparison, Int64(request.destinationPort))
        }
    }

    /// All values must hold, or with `any` one of them; a field without values never holds.
    private func holdsForValues(
        _ comparison: Comparison,
        _ forEach: (UnsafeBufferPointer<UInt8>, (UnsafeBufferPointer<UInt8>) -> Bool) -> Void
    ) -> Bool {
        var hasValue = false
        var isDecided = false
        bytes.withUnsafeBufferPointer { bytes in
            forEach(Self.slice(bytes, comparison.name)) { value in
                hasValue = true
                isDecided = holds(comparison, value) == comparison.isAny
                return !isDecided
            }
        }
        return isDecided == comparison.isAny && hasValue
    }

    @inline(__always)
    private static func slice(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int32>) -> UnsafeBufferPointer<UInt8>
    {
        UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}

// MARK: - Values

extension CompiledExpression {
    private func holds(_ comparison: Comparison, _ value: Int64) -> Bool {
        switch comparison.operation {
        case .equal: value == comparison.integer
        case .notEqual: value != comparison.integer
        case .greater: value > comparison.integer
        case .greaterOrEqual: value >= comparison.integer
        case .less: value < comparison.integer
        case .lessOrEqual: value <= comparison.integer
        default: false
        }
    }

    private func holds(_ comparison: Comparison, _ value: NetworkAddress?) -> Bool {
        guard let value, Int(comparison.index) < networks.count else { return false }
        let isInside = networks[Int(comparison.index)].contains(value)
        switch comparison.operation {
        case .equal, .isIn: return isInside
        case .notEqual, .isNotIn: return !isInside
        default: return false
        }
    }

    private func holds(_ comparison: Comparison, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard comparison.isLower, value.contains(where: Self.isCapital) else { return compare(comparison, value) }
        return Self.withLowercase(value) { compare(comparison, $0) }
    }

    private func compare(_ comparison: Comparison, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        if comparison.operation == .regex { return regex(comparison)?.contains(value) ?? false }
        return bytes.withUnsafeBufferPointer { bytes in
            let text = Self.slice(bytes, comparison.text)
            switch comparison.operation {
            case .equal: return Self.isEqual(value, text)
            case .notEqual: return !Self.isEqual(value, text)
            case .prefix: return Self.isAt(0, value, text)
            case .suffix: return value.count >= text.count && Self.isAt(value.count - text.count, value, text)
            case .contains:
                guard value.count >= text.count else { return false }
                return (0...(value.count - text.count)).contains { Self.isAt($0, value, text) }
            default: return false
            }
        }
    }

    private func regex(_ comparison: Comparison) -> Regex2? {
        Int(comparison.index) < regexes.count ? regexes[Int(comparison.index)] : nil
    }

    @inline(__always)
    private static func isEqual(_ value: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        value.count == text.count && isAt(0, value, text)
    }

    @inline(__always)
    private static func isAt(
        _ position: Int, _ value: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard value.count - position >= text.count else { return false }
        for offset in 0..<text.count where value[position + offset] != text[offset] { return false }
        return true
    }

    static func isCapital(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

    /// Only letters of ASCII have small forms here.
    static func withLowercase<R>(
        _ value: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: value.count) { out in
            for index in 0..<value.count { out[index] = isCapital(value[index]) ? value[index] | 0x20 : value[index] }
            return body(UnsafeBufferPointer(rebasing: out[..<value.count]))
        }
    }
}

// MARK: - The path

extension CompiledExpression {
    private func holdsForPath(
        _ comparison: Comparison, _ path: UnsafeBufferPointer<UInt8>, _ finding: inout PathFinding
    ) -> Bool {
        if comparison.operation == .regex {
            guard let regex = regex(comparison) else { return false }
            let match =
                comparison.isLower ? Self.withLowercase(path) { regex.firstMatch($0) } : regex.firstMatch(path)
            guard let match else { return false }
            finding.text = .part(match, isLower: comparison.isLower)
            finding.regex = comparison.index
            return true
        }
        guard holds(comparison, path) else { return false }
        switch comparison.operation {
        case .equal, .prefix, .suffix: finding.text = .literal(comparison.text)
        default: break
        }
        return true
    }

    /// A last slash begins no segment.
    private static func segmentCount(_ path: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for index in 0..<path.count where path[index] == UInt8(ascii: "/") && index + 1 < path.count { count += 1 }
        return count
    }

    /// The segments from `first` to `last` with the slashes between them.
    private static func segments(
        _ path: UnsafeBufferPointer<UInt8>, _ wanted: (first: Int, last: Int)
    ) -> UnsafeBufferPointer<UInt8>? {
        var number = -1
        var start: Int?
        for index in 0..<path.count where path[index] == UInt8(ascii: "/") {
            if number == wanted.last, let start { return UnsafeBufferPointer(rebasing: path[start..<index]) }
            guard index + 1 < path.count else { return nil }
            number += 1
            if number == wanted.first { start = index + 1 }
        }
        guard number == wanted.last, let start else { return nil }
        return UnsafeBufferPointer(rebasing: path[start...])
    }

    /// The text that Kong takes for the matched path, with how much of the request's path it stands for.
    func matchedPath(_ finding: PathFinding, _ path: UnsafeBufferPointer<UInt8>) -> MatchedPath {
        switch finding.text {
        case .none: return MatchedPath(length: 0, other: nil)
        case .literal(let range):
            return bytes.withUnsafeBufferPointer { bytes in
                let text = Self.slice(bytes, range)
                return MatchedPath(length: text.count, other: Self.isAt(0, path, text) ? nil : Array(text))
            }
        case .part(let range, let isLower):
            let part = UnsafeBufferPointer(rebasing: path[range.clamped(to: 0..<path.count)])
            let isChanged = isLower && part.contains(where: Self.isCapital)
            if range.lowerBound == 0 && !isChanged { return MatchedPath(length: part.count, other: nil) }
            return MatchedPath(
                length: part.count, other: isLower ? Self.withLowercase(part) { Array($0) } : Array(part))
        }
    }
}

/// The part of the path that a route matched.
public struct MatchedPath: Sendable, Equatable {
    /// How many leading bytes of the path a route strips.
    public var length: Int
    /// Its text, where it is not these leading bytes.
    public var other: [UInt8]?
}
