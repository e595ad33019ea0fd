import KongCore

/// An answer before the server's own headers are added. Throwable, so that a handler can stop anywhere.
public struct AdminReply: Error, Sendable {
    public var status: Int
    public var contentType: String?
    public var body: [UInt8]
    public var headers: [(name: String, value: String)] = []

    public init(status: Int, contentType: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    static let jsonType = "application/json; charset=utf-8"

    public static func json(_ status: Int, _ value: JSONValue) -> Self {
        Self(status: status, contentType: jsonType, body: value.serialized())
    }

    public static func message(_ status: Int, _ text: String) -> Self { json(status, ["message": .string(text)]) }

    public static func text(_ status: Int, _ text: String) -> Self {
        Self(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    public static let noContent = Self(status: 204, contentType: nil, body: [])
    public static let notFound = Self.message(404, "Not found")
    public static let methodNotAllowed = Self.message(405, "Method not allowed")
    public static let unexpected = Self.message(500, "An unexpected error occurred")

    static let robots = Self(
        status: 200, contentType: "text/plain", body: Array("User-agent: *\nDisallow: /".utf8))

    public static func ok(_ entity: JSONObject) -> Self { json(200, .object(entity)) }
    public static func created(_ entity: JSONObject) -> Self { json(201, .object(entity)) }

    /// A `DataError` says its own status and body; what only the log may know becomes a bare 500.
    public static func error(_ error: DataError) -> Self { json(error.httpStatus, error.body) }

    /// The page that nginx itself makes for a status, which is what Kong's clients see for these.
    static func nginxPage(_ status: Int) -> Self {
        let title = "\(status) \(reasons[status] ?? "Error")"
        let page =
            "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
            + "</body>\r\n</html>\r\n"
        return Self(status: status, contentType: "text/html", body: Array(page.utf8))
    }

    private static let reasons = [
        404: "Not Found", 413: "Request Entity Too Large", 415: "Unsupported Media Type",
    ]
}
