/// Why libpq got no connection, from the text it leaves: there is nothing else.
struct PostgresRefusal {
    private let reason: String

    init(_ message: String) {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.filter { $0 != "\t" } }
        // One line per address that was tried; hints begin with a tab. The last says what to act on.
        let tried = lines.filter { $0.contains("failed: ") }
        let line = tried.last ?? lines.first ?? "connection failed"
        let start = line.firstRange(of: "failed: ")?.upperBound ?? line.startIndex
        reason = String(line[start...])
    }

    /// What more time will not mend, and the settings that will.
    private static let lasting: [(marks: [String], settings: String)] = [
        (
            ["certificate", "does not support SSL", "SSL error", "no encryption", "sslmode"],
            "pg_ssl, pg_ssl_verify and lua_ssl_trusted_certificate"
        ),
        (
            [
                "authentication failed", "pg_hba.conf", "does not exist", "permission denied",
                "not permitted to log in", "no password supplied",
            ], "pg_user, pg_password and pg_database"
        ),
    ]

    func error(at place: String) -> PostgresError {
        let text = reason.hasPrefix("FATAL: ") ? String(reason.dropFirst("FATAL: ".count).drop { $0 == " " }) : reason
        guard let known = Self.lasting.first(where: { $0.marks.contains(where: text.contains) }) else {
            return .connection("Postgres at \(place) is not reachable: \(text)")
        }
        return .refused("Postgres at \(place): no connection: \(text): check \(known.settings)")
    }
}
