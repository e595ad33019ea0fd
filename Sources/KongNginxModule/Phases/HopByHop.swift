import NginxKit

/// Headers that belong to one connection only (RFC 9110, section 7.6.1).
enum HopByHop {
    /// Removes what the client's `Connection` header names.
    @inline(__always)
    static func strip(_ r: Request) {
        let name: StaticString = "connection"
        var header = kng_find_request_header(r, nil, hash, name.utf8Start, name.utf8CodeUnitCount)
        while let found = header {
            if !isUsual(found.pointee.value.bytes) { stripNamed(r, Array(found.pointee.value.bytes)) }
            header = kng_find_request_header(r, found, hash, name.utf8Start, name.utf8CodeUnitCount)
        }
    }

    /// nginx's key hash of "connection".
    private static let hash: UInt = "connection".utf8.reduce(0) { $0 &* 31 &+ UInt($1) }

    @inline(never)
    private static func stripNamed(_ r: Request, _ connection: [UInt8]) {
        for token in connection.withUnsafeBufferPointer({ tokens($0) }) {
            let hash = token.withUnsafeBufferPointer { kng_header_hash($0.baseAddress, $0.count) }
            token.withUnsafeBufferPointer { _ = kng_remove_request_header(r, hash, $0.baseAddress, $0.count) }
        }
    }

    /// "close" or "keep-alive" alone, nearly always.
    @inline(__always)
    static func isUsual(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        switch value.count {
        case 5: same(value, "close")
        case 10: same(value, "keep-alive")
        default: false
        }
    }

    @inline(__always)
    private static func same(_ value: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        for index in 0..<value.count where value[index] | 0x20 != word.utf8Start[index] | 0x20 { return false }
        return true
    }

    /// The names in a `Connection` header other than its own words, in lower case.
    static func tokens(_ value: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
        value.split(separator: UInt8(ascii: ",")).compactMap { part in
            let name = part.filter { $0 != 0x20 && $0 != 0x09 }.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            let own = ["close", "keep-alive", "upgrade", "content-length", "host"]
            return name.isEmpty || own.contains { name.elementsEqual($0.utf8) } ? nil : name
        }
    }
}
