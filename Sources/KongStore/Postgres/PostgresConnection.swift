import CLibpq
import Foundation

/// One connection to a server. Every wait has a deadline: a server that stopped answering costs one timeout.
///
/// Used by one thread at a time.
final class PostgresConnection {
    private let connection: OpaquePointer
    private let timeout: Int
    private let place: String
    /// The names of the statements that the server has parsed for this connection, by their text.
    private var prepared: [String: String] = [:]
    private let prepares: Bool
    /// Set by any failure after which the protocol's state is unknown.
    private(set) var isBroken = false

    init(_ settings: PostgresSettings) throws(PostgresError) {
        timeout = settings.timeoutMilliseconds
        place = settings.place
        prepares = settings.isForWriting
        let parameters = settings.parameters
        let opened = Self.withCStrings(parameters.map(\.0)) { keys in
            Self.withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keys, values, 0) }
        }
        guard let opened else { throw .connection("out of memory") }
        connection = opened
        try establish(settings)
    }

    deinit { PQfinish(connection) }

    /// The one value of a statement's first row; nil where there is no row, and where it is null.
    func value(_ sql: String, _ values: [String?] = []) throws(PostgresError) -> String? {
        try query(sql, values).first?.first ?? nil
    }

    /// Runs one statement with `$1…` bound to `values` and returns its rows as text.
    @discardableResult
    func query(_ sql: String, _ values: [String?] = []) throws(PostgresError) -> [[String?]] {
        if isBroken { throw lost() }
        if prepares, !values.isEmpty, let name = try statement(sql) {
            return try execute(name, values)
        }
        let sent = Self.withCStrings(values) { pointers in
            PQsendQueryParams(connection, sql, Int32(values.count), nil, pointers, nil, nil, 0)
        }
        guard sent == 1 else { throw lost() }
        return try results()
    }

    private static let mostPrepared = 300

    /// The name of a statement that the server has parsed once; nil when it keeps enough of them.
    private func statement(_ sql: String) throws(PostgresError) -> String? {
        if let name = prepared[sql] { return name }
        guard prepared.count < Self.mostPrepared else { return nil }
        let name = "kong_\(prepared.count)"
        guard PQsendPrepare(connection, name, sql, 0, nil) == 1 else { throw lost() }
        _ = try results()
        prepared[sql] = name
        return name
    }

    private func execute(_ name: String, _ values: [String?]) throws(PostgresError) -> [[String?]] {
        let sent = Self.withCStrings(values) { pointers in
            PQsendQueryPrepared(connection, name, Int32(values.count), pointers, nil, nil, 0)
        }
        guard sent == 1 else { throw lost() }
        do { return try results() } catch .server(let error) where Self.forgets.contains(error.state) {
            // The tables were changed behind the parsed statement, or a pooler gave us another server process.
            isBroken = true
            throw .connection("Postgres at \(place): \(error.message)")
        }
    }

    /// `feature_not_supported` (a plan whose columns changed), `invalid_sql_statement_name`.
    private static let forgets: Set = ["0A000", "26000"]

    /// Runs a text of several statements without parameters.
    func script(_ sql: String) throws(PostgresError) {
        if isBroken { throw lost() }
        guard PQsendQuery(connection, sql) == 1 else { throw lost() }
        _ = try results()
    }

    /// Waits for notifications; returns the server's processes that sent some.
    func awaitNotification(milliseconds: Int) throws(PostgresError) -> [Int] {
        let ready = takeNotifications()
        if !ready.isEmpty { return ready }
        _ = try wait(Int16(POLLIN), milliseconds)
        guard PQconsumeInput(connection) == 1 else { throw lost() }
        return takeNotifications()
    }

    /// Whether the server has closed this idle connection, as far as one can see without asking it.
    func isClosed() -> Bool {
        if isBroken || PQstatus(connection) != CONNECTION_OK { return true }
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        // The server's last words come before the end of the stream.
        for _ in 0..<3 where poll(&descriptor, 1, 0) > 0 {
            if PQconsumeInput(connection) != 1 || PQstatus(connection) != CONNECTION_OK { return true }
        }
        return false
    }

    func serverVersion() -> Int { Int(PQserverVersion(connection)) }

    /// The server's process that serves this connection.
    var serverProcess: Int { Int(PQbackendPID(connection)) }

    private func takeNotifications() -> [Int] {
        var senders: [Int] = []
        while let notification = PQnotifies(connection) {
            senders.append(Int(notification.pointee.be_pid))
            PQfreemem(notification)
        }
        return senders
    }
}

// Waiting.
extension PostgresConnection {
    private func establish(_ settings: PostgresSettings) throws(PostgresError) {
        let deadline = ContinuousClock.now + .milliseconds(timeout)
        polling: while true {
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK: break polling
            case PGRES_POLLING_READING: try waitConnecting(Int16(POLLIN), deadline, settings)
            case PGRES_POLLING_WRITING: try waitConnecting(Int16(POLLOUT), deadline, settings)
            default: throw PostgresRefusal(message(whole: true)).error(at: place)
            }
        }
        guard PQsetnonblocking(connection, 1) == 0 else { throw lost() }
        guard serverVersion() >= 90_500 else {
            throw .layout("Kong needs PostgreSQL 9.5 or newer; the server at \(place) is \(serverVersion())")
        }
        try configure(settings)
    }

    private func configure(_ settings: PostgresSettings) throws(PostgresError) {
        var values = [("TimeZone", "UTC")]
        if settings.isForWriting {
            // What the client gives up, the server gives up too: nobody waits behind a dead connection's locks.
            values.append(("statement_timeout", String(timeout)))
            if serverVersion() >= 90_600 {
                values.append(("idle_in_transaction_session_timeout", String(max(10_000, timeout * 2))))
            }
        }
        let calls = values.map { "set_config('\($0.0)', '\($0.1)', false)" }
        let schema = settings.schema.map { _ in ["set_config('search_path', quote_ident($1), false)"] } ?? []
        try query("SELECT " + (calls + schema).joined(separator: ", "), settings.schema.map { [$0] } ?? [])
    }

    private func waitConnecting(
        _ events: Int16, _ deadline: ContinuousClock.Instant, _ settings: PostgresSettings
    ) throws(PostgresError) {
        let left = ContinuousClock.now.duration(to: deadline).components
        let milliseconds = Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0, try wait(events, milliseconds) else {
            throw .timeout("Postgres at \(place) is not reachable: no answer within \(timeout) ms (pg_timeout)")
        }
    }

    private func results() throws(PostgresError) -> [[String?]] {
        let deadline = ContinuousClock.now + .milliseconds(timeout)
        while true {
            let flushed = PQflush(connection)
            if flushed < 0 { throw lost() }
            if flushed == 0 { break }
            try waitAnswering(Int16(POLLIN | POLLOUT), deadline)
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
        var rows: [[String?]] = []
        var failure: PostgresError?
        while true {
            while PQisBusy(connection) == 1 {
                try waitAnswering(Int16(POLLIN), deadline)
                guard PQconsumeInput(connection) == 1 else { throw lost() }
            }
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows = Self.rows(result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: failure = failure ?? serverError(result)
            }
        }
        if let failure { throw failure }
        return rows
    }

    private func waitAnswering(_ events: Int16, _ deadline: ContinuousClock.Instant) throws(PostgresError) {
        let left = ContinuousClock.now.duration(to: deadline).components
        let milliseconds = Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0, try wait(events, milliseconds) else {
            isBroken = true
            throw .timeout("Postgres at \(place) gave no answer within \(timeout) ms (pg_timeout)")
        }
    }

    private func wait(_ events: Int16, _ milliseconds: Int) throws(PostgresError) -> Bool {
        var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
        let ready = poll(&descriptor, 1, Int32(clamping: milliseconds))
        if ready < 0 && errno != EINTR { throw lost() }
        return ready != 0
    }

    private func lost() -> PostgresError {
        isBroken = true
        return .connection("Postgres at \(place) went away: \(message())")
    }

    private func message(whole: Bool = false) -> String {
        let text = String(cString: PQerrorMessage(connection))
        if whole { return text }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "connection lost"
    }

    private func serverError(_ result: OpaquePointer) -> PostgresError {
        func field(_ code: Character) -> String {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) } ?? ""
        }
        // Without a state the error is libpq's own: the connection is gone.
        let state = field("C")
        if state.isEmpty || PQstatus(connection) != CONNECTION_OK { return lost() }
        return .server(
            PostgresError.ServerError(
                state: state, message: field("M"), detail: field("D"), table: field("t"), constraint: field("n")))
    }

    private static func rows(_ result: OpaquePointer) -> [[String?]] {
        let columns = PQnfields(result)
        return (0..<PQntuples(result)).map { row in
            (0..<columns).map { column in
                if PQgetisnull(result, row, column) == 1 { return nil }
                let length = Int(PQgetlength(result, row, column))
                guard let bytes = PQgetvalue(result, row, column) else { return nil }
                return String(
                    decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
            }
        }
    }

    /// Lends texts as a null-terminated array of C strings.
    private static func withCStrings<T>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T
    ) -> T {
        let copies = texts.map { $0.map { strdup($0) } ?? nil }
        defer { copies.forEach { free($0) } }
        let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
