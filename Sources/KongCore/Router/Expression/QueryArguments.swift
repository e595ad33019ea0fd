/// A look into a query string, as nginx' Lua module reads it: `+` and `%20` are spaces, an argument without a value
/// has the empty one, one without a name is none.
enum QueryArguments {
    /// Calls `body` with each value of an argument until it answers false.
    static func forEach(
        _ name: UnsafeBufferPointer<UInt8>, in query: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        var start = 0
        while start < query.count {
            var end = start
            var equals: Int?
            while end < query.count && query[end] != UInt8(ascii: "&") {
                if equals == nil && query[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let key = UnsafeBufferPointer(rebasing: query[start..<(equals ?? end)])
            if !key.isEmpty, isEqual(key, name) {
                let value = equals.map { UnsafeBufferPointer(rebasing: query[($0 + 1)..<end]) }
                guard decoded(value ?? UnsafeBufferPointer(rebasing: query[end..<end]), body) else { return }
            }
            start = end + 1
        }
    }

    private static func isEscaped(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    }

    private static func isEqual(_ key: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        if key.count < name.count { return false }
        return decoded(key) { $0.elementsEqual(name) }
    }

    private static func decoded<R>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        guard isEscaped(text) else { return body(text) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { out in
            let count = Percent.decode(text, plusIsSpace: true, into: out)
            return body(UnsafeBufferPointer(rebasing: out[..<count]))
        }
    }
}
