import HTTPTypes
import KongCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Answers what never becomes a request (broken framing, headers beyond the decoder's limits) in Kong's shape,
/// says 100 Continue, and lingers before it closes so that a refused client can still read why.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client that was refused may go on sending before the connection is cut.
    static let linger = TimeAmount.seconds(5)

    private let bodyLimitBytes: Int
    /// An HTTP/2 stream has no connection of its own to close, nor a `Connection` header.
    private var isHTTP1 = true
    private var answersInFlight = 0
    private var hasBegunAnswer = false
    private var closesAfterAnswer = false
    /// Nothing that arrives from now on is for the application.
    private var isClosing = false

    init(bodyLimitBytes: Int) { self.bodyLimitBytes = bodyLimitBytes }

    func handlerAdded(context: ChannelHandlerContext) {
        isHTTP1 = (try? context.pipeline.syncOperations.handler(type: HTTP1ToHTTPServerCodec.self)) != nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isHTTP1 else { return context.fireChannelRead(data) }
        guard !isClosing else { return }
        if case .head(let head) = unwrapInboundIn(data) {
            answersInFlight += 1
            if head.headerFields[.expect]?.lowercased() == "100-continue", isWelcome(head) {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        }
        context.fireChannelRead(data)
    }

    private func isWelcome(_ head: HTTPRequest) -> Bool {
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        return bodyLimitBytes == 0 || length <= bodyLimitBytes
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isHTTP1 else { return writeToStream(context, data, promise) }
        // After our own refusal nobody else may write into the connection.
        guard !isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            hasBegunAnswer = true
            if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswer = true }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            answersInFlight -= 1
            hasBegunAnswer = false
            guard closesAfterAnswer else {
                context.write(data, promise: promise)
                return
            }
            context.writeAndFlush(data, promise: promise)
            finish(context)
        }
    }

    private func writeToStream(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        head.headerFields[.connection] = nil
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard isHTTP1 else { return context.fireErrorCaught(error) }
        guard !isClosing else { return }
        guard answersInFlight == 0 || answersInFlight == 1 && !hasBegunAnswer else {
            // Anything written now would land in the middle of another answer.
            isClosing = true
            context.close(promise: nil)
            return
        }
        let body = ByteBuffer(bytes: (["message": "Bad request"] as JSONValue).serialized())
        let headers: HTTPFields = [
            .contentType: AdminReply.jsonType, .contentLength: String(body.readableBytes), .connection: "close",
            .server: "kong/\(KongVersion.string)",
        ]
        context.write(wrapOutboundOut(.head(HTTPResponse(status: .badRequest, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        finish(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isClosing, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closing at once with unread bytes in the socket would reset it and lose the answer.
    private func finish(_ context: ChannelHandlerContext) {
        isClosing = true
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let cut = context.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in cut.cancel() }
    }
}
