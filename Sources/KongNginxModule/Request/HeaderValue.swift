import NginxKit

/// A header's value must not end its line: that would smuggle another header, or another request.
enum HeaderValue {
    static func isSafe(_ value: [UInt8]) -> Bool {
        value.withUnsafeBufferPointer { kng_is_header_value($0.baseAddress, $0.count) != 0 }
    }
}
