import GRDB
import KongCore

/// The statements and value conversions of one table.
struct SQLiteTable: Sendable {
    let table: Table
    /// Every column in the order in which rows are bound and read; `checksum` comes last.
    let columns: [String]
    let select: String
    let insert: String
    let update: String
    let delete: String

    init(_ table: Table) {
        self.table = table
        var columns = table.columns.map(\.name)
        columns.append("ws_id")
        if table.hasCacheKey { columns.append("cache_key") }
        if table.hasTTL { columns.append("ttl") }
        columns.append("checksum")
        self.columns = columns
        let name = table.name.quoted, key = table.key.quoted
        let list = columns.map(\.quoted)
        select = "SELECT \(list.joined(separator: ", ")) FROM \(name)"
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        insert = "INSERT INTO \(name) (\(list.joined(separator: ", "))) VALUES (\(marks))"
        update = "UPDATE \(name) SET \(list.map { "\($0) = ?" }.joined(separator: ", ")) WHERE \(key) = ?"
        delete = "DELETE FROM \(name) WHERE \(key) = ?"
    }

    func values(_ record: Record, workspace: String) -> [DatabaseValue] {
        var values = table.columns.map { Self.encode(record.fields[$0.field] ?? .null, $0.kind) }
        values.append((table.schema.workspaceable ? workspace : nil).databaseValue)
        if table.hasCacheKey { values.append(record.cacheKey.databaseValue) }
        if table.hasTTL { values.append(record.expiry.databaseValue) }
        values.append(Checksum.of(values).databaseValue)
        return values
    }

    func record(_ values: [DatabaseValue]) throws -> Record {
        guard values.count == columns.count, let sum = values.last,
            Int64.fromDatabaseValue(sum) == Checksum.of(values.dropLast())
        else { throw SQLiteError.damagedRow(table: table.name) }
        var fields = JSONObject(minimumCapacity: table.columns.count)
        for (column, value) in zip(table.columns, values) {
            fields[column.field] = try decode(value, column)
        }
        var next = table.columns.count + 1
        var record = Record(fields)
        if table.hasCacheKey {
            record.cacheKey = String.fromDatabaseValue(values[next])
            next += 1
        }
        if table.hasTTL { record.expiry = Double.fromDatabaseValue(values[next]) }
        return record
    }

    private static func encode(_ value: JSONValue, _ kind: Table.Kind) -> DatabaseValue {
        switch (kind, value) {
        case (_, .null): .null
        case (.text, .string(let text)): text.databaseValue
        case (.integer, _) where value.intValue != nil: value.intValue.databaseValue
        case (.number, _) where value.doubleValue != nil: value.doubleValue.databaseValue
        case (.boolean, .bool(let flag)): flag.databaseValue
        case (.foreign, .object(let reference)): reference.id.databaseValue
        default: value.jsonText.databaseValue
        }
    }

    private func decode(_ value: DatabaseValue, _ column: Table.Column) throws -> JSONValue {
        switch (column.kind, value.storage) {
        case (_, .null): return .null
        case (.text, .string(let text)): return .string(text)
        case (.integer, .int64(let number)): return .integer(number)
        case (.number, .double(let number)): return .number(number)
        case (.number, .int64(let number)): return .integer(number)
        case (.boolean, .int64(let number)): return .bool(number != 0)
        case (.foreign, .string(let id)): return ["id": .string(id)]
        case (.json, .string(let text)):
            do { return try JSONValue(parsing: Array(text.utf8)) } catch {
                throw SQLiteError.damagedRow(table: table.name)
            }
        default: throw SQLiteError.damagedRow(table: table.name)
        }
    }
}

extension String {
    /// As an SQL identifier: several of Kong's columns are keywords (`group`, `set`, `key`).
    var quoted: String { "\"" + self + "\"" }
}

/// FNV-1a over a row: SQLite itself does not notice a bit that flips inside a value.
enum Checksum {
    static func of(_ values: some Sequence<DatabaseValue>) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        func mix(_ word: UInt64) { for shift in 0..<8 { mix(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) } }
        for value in values {
            switch value.storage {
            case .null: mix(0 as UInt8)
            case .int64(let number): mix(1 as UInt8); mix(UInt64(bitPattern: number))
            case .double(let number): mix(2 as UInt8); mix(number.bitPattern)
            case .string(let text): mix(3 as UInt8); text.utf8.forEach(mix); mix(0xFF as UInt8)
            case .blob(let data): mix(4 as UInt8); data.forEach(mix); mix(0xFF as UInt8)
            }
        }
        return Int64(bitPattern: hash)
    }
}
