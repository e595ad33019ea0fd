import Glibc
import KongCore
import KongPDK
import NginxKit

/// What the admin process asks its node: counters, over a unix socket that only the prefix's owner can open.
@Worker @c(kng_on_node_api)
public func onNodeAPI(_ r: Request?) -> ngx_int_t {
    guard let r else { return Code.error }
    return onLoop {
        var counters = [UInt](repeating: 0, count: 7)
        counters.withUnsafeMutableBufferPointer { buffer in
            buffer.withMemoryRebound(to: ngx_uint_t.self) { kng_counters($0.baseAddress) }
        }
        func number(_ index: Int) -> JSONValue { .integer(Int64(clamping: counters[index])) }
        let answer: JSONValue = .object([
            "pid": .integer(Int64(getpid())),
            "server": .object([
                "connections_accepted": number(0), "connections_handled": number(1), "total_requests": number(2),
                "connections_active": number(3), "connections_reading": number(4), "connections_writing": number(5),
                "connections_waiting": number(6),
            ]),
        ])
        let type: StaticString = "application/json; charset=utf-8"
        return answer.serialized().withUnsafeBufferPointer {
            kng_send(r, 200, type.utf8Start, type.utf8CodeUnitCount, $0.baseAddress, $0.count)
        }
    }
}
