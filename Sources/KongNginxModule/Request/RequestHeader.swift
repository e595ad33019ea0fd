import NginxKit

/// A request's header lines by name.
enum RequestHeader {
    /// Calls `body` with each value of a header (name in small letters) until it answers false. A name with
    /// underscores also stands for the one with dashes, if there is no such header: routes may be written so.
    static func forEach(
        _ r: Request, _ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) {
        if each(r, name, body) || !name.contains(UInt8(ascii: "_")) { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count) { dashed in
            for index in 0..<name.count {
                dashed[index] = name[index] == UInt8(ascii: "_") ? UInt8(ascii: "-") : name[index]
            }
            _ = each(r, UnsafeBufferPointer(rebasing: dashed[..<name.count]), body)
        }
    }

    /// - Returns: whether there is such a header.
    private static func each(
        _ r: Request, _ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        let hash = kng_header_hash(name.baseAddress, name.count)
        var header = kng_find_request_header(r, nil, hash, name.baseAddress, name.count)
        guard header != nil else { return false }
        while let found = header, body(found.pointee.value.bytes) {
            header = kng_find_request_header(r, found, hash, name.baseAddress, name.count)
        }
        return true
    }
}
