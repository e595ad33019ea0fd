import Foundation
import KongCore

/// An upstream on loopback that answers with what it received, as JSON, unless the query asks it to misbehave:
/// `status=503 delay=0.5 bytes=100000 header=Name:value close=1 reset=1 garbage=1 chunked=1 body=text hold=1 truncate=1`.
public final class EchoUpstream: Sendable {
    public let port: Int
    private let listener: Int32
    private let seen = Locked<[ReceivedRequest]>([])
    private let held = Locked(true)
    private let counters = Locked((open: 0, accepted: 0))

    public init(port wanted: Int? = nil) throws {
        port = try wanted ?? Ports.free()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try Loopback.bind(listener, port: port)
        guard listen(listener, 1024) == 0 else { throw HarnessError("listen on \(port)") }
        let (listener, weakly) = (listener, Weak(self))
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Descriptors.keepFromChildren(client)
                Thread.detachNewThread {
                    guard let upstream = weakly.value else { return _ = close(client) }
                    upstream.serve(client)
                }
            }
        }
    }

    deinit { stop() }

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far, in order of arrival.
    public var requests: [ReceivedRequest] { seen.value }

    public var hits: Int { seen.value.count }

    /// Connections that are open now, and that ever were.
    public var connections: (open: Int, accepted: Int) { counters.value }

    /// Lets every request with `hold=1` go on.
    public func release() {
        held.mutate { $0 = false }
    }

    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ client: Int32) {
        counters.mutate {
            $0.open += 1
            $0.accepted += 1
        }
        var wasReset = false
        defer {
            counters.mutate { $0.open -= 1 }
            if !wasReset { shutdown(client, Int32(SHUT_RDWR)) }  // also if a child has inherited it
            close(client)
        }
        var stream = UpstreamStream(client)
        while let request = stream.next() {
            seen.mutate { $0.append(request) }
            wasReset = request.query["reset"] != nil
            guard answer(request, on: stream) else { return }
        }
    }

    /// False when the connection is over.
    private func answer(_ request: ReceivedRequest, on stream: UpstreamStream) -> Bool {
        let query = request.query
        if let delay = query["delay"]?.first.flatMap(Double.init) { usleep(UInt32(delay * 1e6)) }
        if query["hold"] != nil {
            while held.value && !stream.peerIsGone { usleep(2000) }
        }
        if query["reset"] != nil { return stream.reset() }
        if query["close"] != nil { return false }
        if query["garbage"] != nil {
            stream.send(Array("\u{0}\u{1}garbage\r\n\r\n".utf8))
            return false
        }
        var body = request.asJSON.serialized()
        if let count = query["bytes"]?.first.flatMap(Int.init) { body = [UInt8](repeating: 120, count: count) }
        if let text = query["body"]?.first { body = Array(text.utf8) }

        var head = "HTTP/1.1 \(query["status"]?.first ?? "200") Status\r\n"
        let extra = (query["header"] ?? []).map {
            $0.replacingOccurrences(of: ":", with: ": ", range: $0.range(of: ":"))
        }
        head += extra.map { $0 + "\r\n" }.joined()
        if !extra.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
            head +=
                "Content-Type: \(query["body"] != nil || query["bytes"] != nil ? "text/plain" : "application/json")\r\n"
        }
        if query["chunked"] != nil {
            stream.send(Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8))
            for start in Swift.stride(from: 0, to: body.count, by: 7) {
                let piece = body[start..<min(start + 7, body.count)]
                stream.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
            }
            stream.send(Array("0\r\n\r\n".utf8))
        } else {
            let length = query["truncate"] != nil ? body.count + 10 : body.count
            stream.send(
                Array((head + "Content-Length: \(length)\r\n\r\n").utf8) + (request.method == "HEAD" ? [] : body))
            if query["truncate"] != nil { return false }
        }
        return request.headers.last { $0.name.lowercased() == "connection" }?.value.lowercased() != "close"
    }
}

private final class Weak<Object: AnyObject & Sendable>: @unchecked Sendable {
    // Written once, before any thread sees it.
    private(set) weak var value: Object?

    init(_ value: Object) {
        self.value = value
    }
}
