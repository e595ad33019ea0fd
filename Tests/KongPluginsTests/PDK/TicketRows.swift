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

    func find<E: WorkerEntity>(_ type: E.Type, id: UUIDBytes) -> E? {
        lookups.append(type.entity)
        return hasConsumer && id == Self.alice ? decode(type, id, ["username": "alice"]) : nil
    }

    func find<E: WorkerEntity>(_ type: E.Type, field: String, _ value: UnsafeBufferPointer<UInt8>) -> E? {
        lookups.append("\(type.entity).\(field)=\(String(decoding: value, as: UTF8.self))")
        guard value.isText("A1"), let ticket = Self.ticket, let alice = Self.alice else { return nil }
        return decode(type, ticket, ["tags": ["a", "b"], "consumer": ["id": .string(alice.string)], "number": "A1"])
    }

    func children<E: WorkerEntity>(_ type: E.Type, field: String, of parent: UUIDBytes) -> [E] { [] }
    func record(_ entity: String, _ id: UUIDBytes) -> JSONObject? { nil }

    private func decode<E: WorkerEntity>(_ type: E.Type, _ id: UUIDBytes, _ record: JSONObject) -> E? {
        MessagePack.encode(record).withUnsafeBytes { bytes in
            var row = RowReader(bytes)
            return E(id: id, row: &row)
        }
    }
}
