/// curl, for what a plain socket cannot speak: HTTP/2 and TLS.
public enum Curl {
    /// The answer to one request; options as on curl's command line.
    public static func request(_ url: String, _ options: [String] = [], timeout: Double = 20) throws -> Response {
        let done = try Command.run(
            ["curl", "-sk", "-i", "--raw", "--max-time", "\(Int(timeout))", "--noproxy", "*"] + options + [url],
            timeout: timeout + 5
        )
        guard done.status == 0 else { throw HarnessError("curl \(url): exit \(done.status) \(done.errors)") }
        let parts = done.output.components(separator: "\r\n\r\n")
        let lines = parts[0].components(separator: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw HarnessError("curl \(url): \(done.output.prefix(200))")
        }
        let headers = lines.dropFirst().map { line in
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return HeaderLine(String(pair[0]), pair.count > 1 ? pair[1].trimmed : "")
        }
        let body = parts.dropFirst().joined(separator: "\r\n\r\n")
        return Response(status: status, reason: String(lines[0]), headers: headers, body: Array(body.utf8))
    }
}
