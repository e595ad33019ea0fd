import Glibc

/// A header's value must not end its line: that would smuggle another header, or another request.
enum HeaderValue {
    static func isSafe(_ value: [UInt8]) -> Bool {
        value.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            return memchr(start, 10, bytes.count) == nil && memchr(start, 13, bytes.count) == nil
                && memchr(start, 0, bytes.count) == nil
        }
    }
}
