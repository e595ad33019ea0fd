import KongCore
import KongPDK

/// A key and whose it is.
final class KeyAuthCredential: WorkerEntity {
    static let entity = "keyauth_credentials"
    let id: UUIDBytes
    let consumer: UUIDBytes
    /// Unix seconds; nil: never.
    let expires: Double?
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var expires: Double?
        for _ in 0..<row.mapCount() {
            guard let key = row.stringBytes() else { return nil }
            if key.isText("consumer") {
                consumer = row.foreignID()
            } else if key.isText("ttl") {
                switch row.next() {
                case .integer(let seconds)?: expires = Double(seconds)
                case .number(let seconds)?: expires = seconds
                default: break
                }
            } else {
                row.skip()
            }
        }
        guard let consumer else { return nil }
        self.id = id
        self.consumer = consumer
        self.expires = expires
        credential = Credential(id: id, identifier: id.text)
    }
}
