import Foundation

/// An upstream that plays one script on every connection: for what a proper server would never say.
public final class ScriptedUpstream: Sendable {
    public let port: Int
    private let listener: Int32

    /// The client's side of the script.
    public struct Stream {
        let descriptor: Int32

        public func send(_ text: String) { send(Array(text.utf8)) }

        public func send(_ bytes: [UInt8]) {
            UpstreamStream(descriptor).send(bytes)
        }

        /// Bytes as they come; an error at the end.
        public func more() throws -> [UInt8] {
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { throw HarnessError("the gateway closed the connection") }
            return Array(chunk[0..<count])
        }

        /// The head of a request, and whatever came with it.
        public func request() throws -> String {
            var text = ""
            while !text.contains("\r\n\r\n") { text += String(decoding: try more(), as: UTF8.self) }
            return text
        }
    }

    public init(_ script: @escaping @Sendable (Stream) throws -> Void) throws {
        port = try Ports.free()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try Loopback.bind(listener, port: port)
        guard listen(listener, 128) == 0 else { throw HarnessError("listen on \(port)") }
        let listener = listener
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Descriptors.keepFromChildren(client)
                Thread.detachNewThread {
                    try? script(Stream(descriptor: client))  // the script ends with the connection, however that ends
                    shutdown(client, Int32(SHUT_RDWR))
                    close(client)
                }
            }
        }
    }

    /// Answers every request with these bytes and closes.
    public convenience init(answering answer: String) throws {
        try self.init { stream in
            _ = try stream.request()
            stream.send(answer)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    public var url: String { "http://127.0.0.1:\(port)" }
}
