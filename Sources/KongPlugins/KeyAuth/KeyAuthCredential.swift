import KongCore
import KongPDK

/// A key and whose it is.
final class KeyAuthCredential: WorkerCredential {
    static let entity = "keyauth_credentials"
    static let lookupField = "key"
    let consumer: UUIDBytes
    /// Unix seconds; nil: never.
    let expires: Double?
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var expires: Double?
        let isWhole = row.forEachField { name, value in
            if name.isText("consumer") {
                consumer = value.foreignID()
            } else if name.isText("ttl") {
                switch value.next() {
                case .integer(let seconds)?: expires = Double(seconds)
                case .number(let seconds)?: expires = seconds
                default: break
                }
            }
        }
        guard isWhole, let consumer else { return nil }
        self.consumer = consumer
        self.expires = expires
        credential = Credential(id: id, identifier: id.text)
    }
}
