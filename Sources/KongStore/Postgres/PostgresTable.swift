import KongCore

/// The statements and value conversions of one table as the database has it.
struct PostgresTable: Sendable {
    let table: Table
    let insert: String
    let update: String
    let delete: String
    let select: String
    private let columns: [Column]

    private struct Column: Sendable {
        let name: String
        let type: String
        /// nil for the columns beside the entity's fields.
        let field: Table.Column?
    }

    /// - Parameter types: the type of each column that the table has, by name.
    init(_ table: Table, types: [String: String]) {
        self.table = table
        var columns = table.columns.compactMap { field in
            types[field.name].map { Column(name: field.name, type: $0, field: field) }
        }
        for name in ["ws_id", "cache_key", "ttl"] where columns.allSatisfy({ $0.name != name }) {
            if let type = types[name] { columns.append(Column(name: name, type: type, field: nil)) }
        }
        self.columns = columns
        let names = columns.map(\.name.quoted), name = table.name.quoted
        let marks = columns.enumerated().map { Self.mark($0 + 1, $1.type) }
        insert = "INSERT INTO \(name) (\(names.joined(separator: ", "))) VALUES (\(marks.joined(separator: ", ")))"
        let assignments = zip(names, marks).map { "\($0) = \($1)" }.joined(separator: ", ")
        update = "UPDATE \(name) SET \(assignments) WHERE \(Self.keyCondition(table, types, columns.count + 1))"
        delete = "DELETE FROM \(name) WHERE \(Self.keyCondition(table, types, 1))"
        select = "SELECT \(columns.map(Self.expression).joined(separator: ", ")) FROM \(name)"
    }

    func type(of column: String) -> String { columns.first { $0.name == column }?.type ?? "text" }

    func values(_ record: Record, workspace: String) -> [String?] {
        columns.map { column in
            switch column.field {
            case let field?: Self.encode(record.fields[field.field] ?? .null, column.type)
            case nil where column.name == "ws_id": table.schema.workspaceable ? workspace : nil
            case nil where column.name == "cache_key": record.cacheKey
            default: record.expiry.map { String($0) }
            }
        }
    }

    func record(_ row: [String?]) throws -> Record {
        var record = Record(JSONObject(minimumCapacity: table.columns.count))
        for column in table.columns { record.fields[column.field] = .null }
        for (column, text) in zip(columns, row) {
            guard let text else { continue }
            if let field = column.field {
                record.fields[field.field] = try Self.decode(text, column.type, field)
            } else if column.name == "cache_key" {
                record.cacheKey = text
            } else if column.name == "ttl" {
                record.expiry = Double(text)
            }
        }
        return record
    }

    /// A condition on one column against `$n`, in the column's own type so that its index serves.
    func condition(_ column: String, _ comparison: String, _ number: Int) -> String {
        "\(column.quoted) \(comparison) \(Self.mark(number, type(of: column)))"
    }

    /// The text that binds a value to a column of `type`; nil if it can be no value of that type.
    static func encode(_ value: JSONValue, _ type: String) -> String? {
        switch (type, value) {
        case (_, .null): nil
        case ("uuid", .object(let reference)): reference.id
        case ("json", _), ("jsonb", _): value.jsonText
        case ("_jsonb", .array(let items)): arrayLiteral(items.map(\.jsonText))
        case (_, .array(let items)): arrayLiteral(items.map { $0.stringValue ?? $0.jsonText })
        case (_, .string(let text)): text
        case (_, .bool(let flag)): flag ? "t" : "f"
        default: value.jsonText
        }
    }

    private static func decode(_ text: String, _ type: String, _ field: Table.Column) throws -> JSONValue {
        switch field.kind {
        case .text: return .string(text)
        case .foreign: return ["id": .string(text)]
        case .boolean: return .bool(text == "t")
        case .integer:
            guard let number = Double(text), let whole = Int64(exactly: number.rounded(.down)) else { return .null }
            return .integer(whole)
        case .number: return Double(text).map(JSONValue.number) ?? .null
        case .json:
            do { return try JSONValue(parsing: Array(text.utf8)) } catch {
                throw PostgresError.layout("column \(field.name) holds no JSON: \(error)")
            }
        }
    }

    private static func mark(_ number: Int, _ type: String) -> String {
        switch type {
        case "timestamptz": "to_timestamp($\(number)::double precision)"
        case let type where type.hasPrefix("_"): "$\(number)::\(type.dropFirst())[]"
        default: "$\(number)::\(type)"
        }
    }

    private static func expression(_ column: Column) -> String {
        switch column.type {
        case "timestamptz": "EXTRACT(EPOCH FROM \(column.name.quoted))::numeric(20, 3)::text"
        case "text": column.name.quoted
        case "bool": column.name.quoted
        case let type where type.hasPrefix("_"): "array_to_json(\(column.name.quoted))::text"
        default: "\(column.name.quoted)::text"
        }
    }

    private static func keyCondition(_ table: Table, _ types: [String: String], _ number: Int) -> String {
        "\(table.key.quoted) = \(mark(number, types[table.key] ?? "text"))"
    }

    static func arrayLiteral(_ items: [String]) -> String {
        let quoted = items.map { item in
            "\"" + item.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
        }
        return "{" + quoted.joined(separator: ",") + "}"
    }
}

/// Every table of a database that belongs to an entity.
struct PostgresTables: Sendable {
    private let tables: [String: PostgresTable]
    let layout: Layout

    init(_ layout: Layout, _ connection: PostgresConnection) throws(PostgresError) {
        let rows = try connection.query(
            """
            SELECT table_name, column_name, udt_name FROM information_schema.columns
            WHERE table_schema = current_schema()
            """)
        var types: [String: [String: String]] = [:]
        for row in rows {
            guard row.count == 3, let table = row[0], let column = row[1], let type = row[2] else { continue }
            types[table, default: [:]][column] = type
        }
        // A table that this database does not have (it is of another version) belongs to no entity here.
        let present = layout.tables.filter { types[$0.name] != nil }
        self.layout = Layout(present.map(\.schema))
        tables = Dictionary(
            present.map { ($0.name, PostgresTable($0, types: types[$0.name] ?? [:])) },
            uniquingKeysWith: { first, _ in first })
    }

    func callAsFunction(_ table: Table) throws(PostgresError) -> PostgresTable {
        guard let found = tables[table.name] else { throw .layout("the database has no table \(table.name)") }
        return found
    }
}
