import NginxKit

/// Headers of the answer.
enum ResponseHeaders {
    static func add(_ r: Request, _ name: [UInt8], _ value: [UInt8]) {
        name.withUnsafeBufferPointer { name in
            value.withUnsafeBufferPointer { value in
                _ = kng_add_response_header(r, name.baseAddress, name.count, value.baseAddress, value.count)
            }
        }
    }

    /// A header of which both parts outlive the request.
    @inline(__always)
    @discardableResult
    static func push(_ r: Request, _ name: StaticString, _ value: UnsafeBufferPointer<UInt8>)
        -> UnsafeMutablePointer<ngx_table_elt_t>?
    {
        kng_push_response_header(r, name.utf8Start, name.utf8CodeUnitCount, value.baseAddress, value.count)
    }

    @inline(__always)
    @discardableResult
    static func push(_ r: Request, _ name: StaticString, _ value: StaticString)
        -> UnsafeMutablePointer<ngx_table_elt_t>?
    {
        push(r, name, UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }
}
