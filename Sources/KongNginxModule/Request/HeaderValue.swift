/// A header's value must not end its line: that would smuggle another header, or another request.
enum HeaderValue {
    static func isSafe(_ value: [UInt8]) -> Bool {
        !value.contains { $0 == 0 || $0 == 10 || $0 == 13 }
    }
}
