import KongCore
import KongPDK

/// A credential as a plugin author would declare it.
final class TicketCredential: WorkerCredential {
    static let entity = "ticket_credentials"
    static let lookupField = "number"
    let consumer: UUIDBytes
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        let isWhole = row.forEachField { name, value in
            if name.isText("consumer") { consumer = value.foreignID() }
        }
        guard isWhole, let consumer else { return nil }
        self.consumer = consumer
        credential = Credential(id: id, identifier: id.text)
    }
}

/// Alice and her ticket A1; counts who asks.
@Worker
final class TicketRows: EntityReader {
    static let ticket = UUIDBytes("11111111-1111-4111-8111-111111111111".utf8)
    static let alice = UUIDBytes("22222222-2222-4222-8222-222222222222".utf8)
    var lookups: [String] = []
    var generations: [EntityKind: UInt64] = [:]
    var hasConsumer = true

    var generation: UInt64 { generations.values.reduce(0, &+) }
    func generation(of kind: EntityKind) -> UInt64 { generations[kind] ?? 0 }

    func withRow(_ entity: String, id: UUIDBytes, _ body: (inout RowReader) -> Void) {
        lookups.append(entity)
        if hasConsumer && id == Self.alice { decode(["username": "alice"], body) }
    }

    func withRow(
        _ entity: String, field: String, _ value: UnsafeBufferPointer<UInt8>,
        _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) {
        lookups.append("\(entity).\(field)=\(String(decoding: value, as: UTF8.self))")
        guard value.isText("A1"), let ticket = Self.ticket, let alice = Self.alice else { return }
        let record: JSONObject = [
            "tags": ["a", "b"], "consumer": ["id": .string(alice.string)], "number": "A1",
        ]
        decode(record) { row in body(ticket, &row) }
    }

    func forEachChild(
        _ entity: String, field: String, of parent: UUIDBytes, _ body: (_ id: UUIDBytes, inout RowReader) -> Void
    ) {}
    func atOnce(_ body: () throws(PluginError) -> Void) throws(PluginError) { try body() }
    func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? { nil }

    private func decode(_ record: JSONObject, _ body: (inout RowReader) -> Void) {
        MessagePack.encode(record).withUnsafeBytes { bytes in
            var row = RowReader(bytes)
            body(&row)
        }
    }
}
