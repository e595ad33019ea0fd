import KongCore

/// How one entity is laid out in a relational table: Kong's names, one column per stored field.
public struct Table: Sendable {
    public let schema: EntitySchema
    /// The stored fields in the order of the schema.
    public let columns: [Column]
    /// The column (and field) of the primary key.
    public let key: String

    /// Whether several fields together are unique, kept in the column `cache_key`.
    public var hasCacheKey: Bool { schema.cacheKey.count > 1 }
    public var hasTTL: Bool { schema.ttl }
    /// Whether rows hold records, maps or lists, which other versions may have written in another form.
    let holdsStructures: Bool
    public var entity: String { schema.name }
    public var name: String { schema.tableName }

    public struct Column: Sendable {
        public let name: String
        public let field: String
        public let kind: Kind
        public let unique: Bool
        public let required: Bool
        /// The entity that a foreign key refers to.
        public let reference: String?
        public let onDelete: FieldSchema.OnDelete
    }

    public enum Kind: Sendable {
        case text, integer, number, boolean, foreign
        /// Arrays, maps and records.
        case json
    }

    /// nil for entities without a single-column primary key: they are no business of the DAO.
    init?(_ schema: EntitySchema) {
        guard schema.primaryKey.count == 1, let key = schema.primaryKey.first, schema.name != "tags" else { return nil }
        self.schema = schema
        self.key = key
        columns = schema.record.fields.filter { !$0.isTransient }.map(Column.init)
        // Tags are a plain list: credentials, which are many, have nothing else.
        holdsStructures = columns.contains { $0.kind == .json && $0.field != "tags" }
    }

    func column(field: String) -> Column? { columns.first { $0.field == field } }
}

extension Table.Column {
    fileprivate init(_ field: FieldSchema) {
        self.field = field.name
        unique = field.unique
        required = field.required
        onDelete = field.onDelete
        reference = field.type.reference
        kind =
            switch field.type {
            case .string: .text
            case .integer: .integer
            case .number: .number
            case .boolean: .boolean
            case .foreign: .foreign
            default: .json
            }
        name = reference == nil ? field.name : field.name + "_id"
    }
}

/// All tables with the references between them.
public struct Layout: Sendable {
    /// In dependency order: parents before their children.
    public let tables: [Table]
    private let byEntity: [String: Table]
    private let children: [String: [Reference]]

    /// One foreign key, seen from the parent.
    struct Reference: Sendable {
        let table: Table
        let column: Table.Column
        let onDelete: FieldSchema.OnDelete
    }

    public init(_ schemas: [EntitySchema] = Entities.all) {
        let unsorted = schemas.map(\.stored).compactMap(Table.init)
        tables = Self.sorted(unsorted)
        byEntity = Dictionary(tables.map { ($0.entity, $0) }, uniquingKeysWith: { first, _ in first })
        var children: [String: [Reference]] = [:]
        for table in tables {
            for column in table.columns {
                guard let parent = column.reference else { continue }
                // Kong's DAO deletes a certificate's SNIs with it although the column only restricts.
                let cascades = table.entity == "snis" && parent == "certificates"
                children[parent, default: []].append(
                    Reference(table: table, column: column, onDelete: cascades ? .cascade : column.onDelete))
            }
        }
        self.children = children
    }

    func table(_ entity: String) throws(DataError) -> Table {
        guard let table = byEntity[entity] else { throw .database("there is no entity named '\(entity)'") }
        return table
    }

    func find(_ entity: String) -> Table? { byEntity[entity] }

    /// The foreign keys that refer to an entity.
    func references(to entity: String) -> [Reference] { children[entity] ?? [] }

    private static func sorted(_ tables: [Table]) -> [Table] {
        let names = Set(tables.map(\.entity))
        var placed = Set<String>()
        var result: [Table] = []
        var rest = tables
        while !rest.isEmpty {
            let ready = rest.filter { table in
                table.columns.allSatisfy { column in
                    guard let parent = column.reference, names.contains(parent), parent != table.entity else {
                        return true
                    }
                    return placed.contains(parent)
                }
            }
            // A cycle of references: keep the declared order rather than loop for ever.
            let next = ready.isEmpty ? rest : ready
            result += next
            placed.formUnion(next.map(\.entity))
            rest.removeAll { placed.contains($0.entity) }
        }
        return result
    }
}
