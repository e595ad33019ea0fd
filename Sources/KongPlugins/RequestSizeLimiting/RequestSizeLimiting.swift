import KongCore
import KongPDK

/// Refuses requests whose body is too long.
///
/// Source: Kong's `kong/plugins/request-size-limiting/handler.lua`. A body that is not announced is measured whole, as
/// long as it may be.
public final class RequestSizeLimiting: AccessPhase {
    public static let name = "request-size-limiting"
    public static let priority = 951

    private let limit: Int64
    private let requiresLength: Bool
    private static let contentLength: HeaderName = "Content-Length"
    private static let transferEncoding: HeaderName = "Transfer-Encoding"
    private static let expect: HeaderName = "Expect"

    public init(_ config: PluginConfiguration) throws(PluginError) {
        let unit: Int64 =
            switch config.string("size_unit") {
            case "bytes": 1
            case "kilobytes": 1 << 10
            default: 1 << 20
            }
        let (product, overflows) = (config.integer("allowed_payload_size") ?? 128).multipliedReportingOverflow(by: unit)
        limit = overflows ? .max : product
        requiresLength = config.bool("require_content_length")
    }

    public func access(_ context: AccessContext) throws(PluginError) -> Verdict {
        let request = context.request
        let announced = context.header(Self.contentLength).flatMap { Int64($0) }
        if announced == nil, request.bodySize == nil {
            if requiresLength, context.header(Self.transferEncoding)?.lowercased() != "chunked" {
                return .exit(.error(411, "A valid Content-Length header is required"))
            }
            return .readBody
        }
        guard announced ?? Int64(request.bodySize ?? 0) > limit else { return .next }
        let expects = context.header(Self.expect)?.lowercased() == "100-continue"
        return .exit(.error(expects ? 417 : 413, "Request size limit exceeded"))
    }
}
