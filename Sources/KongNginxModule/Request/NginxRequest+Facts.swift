import KongPDK
import NginxKit

// What few plugins ask for: copies are made on demand.
extension NginxRequest {
    var host: [UInt8] { r.map { Array(RequestTarget.host($0).name) } ?? [] }

    var httpVersion: String {
        guard let version = r?.pointee.http_version else { return "" }
        return "\(version / 1000).\(version % 1000)"
    }

    var allHeaders: [(name: [UInt8], value: [UInt8])] {
        guard let r else { return [] }
        var out: [(name: [UInt8], value: [UInt8])] = []
        var part: UnsafeMutablePointer<ngx_list_part_t>?
        var index: ngx_uint_t = 0
        while let header = kng_next_request_header(r, &part, &index) {
            out.append((Array(header.pointee.key.bytes), Array(header.pointee.value.bytes)))
        }
        return out
    }

    var nodeID: String { Gateway.current?.settings.nodeID ?? "" }

    var connection: ConnectionFacts {
        guard let r, let connection = r.pointee.connection else {
            return ConnectionFacts(serverAddress: "", serverPort: 0, number: 0, requests: 0)
        }
        let address = [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = min(64, kng_server_address(r, buffer.baseAddress, 64))
        }
        return ConnectionFacts(
            serverAddress: String(decoding: address, as: UTF8.self), serverPort: Int(clamping: kng_server_port(r)),
            number: Int(clamping: connection.pointee.number), requests: Int(clamping: connection.pointee.requests))
    }
}
