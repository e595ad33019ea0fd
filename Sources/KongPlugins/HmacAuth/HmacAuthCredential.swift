import KongCore
import KongPDK

/// A user name, the secret that its requests are signed with, and whose it is.
final class HmacAuthCredential: WorkerCredential {
    static let entity = "hmacauth_credentials"
    static let lookupField = "username"
    let consumer: UUIDBytes
    let secret: [UInt8]
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var username: [UInt8]?
        var secret: [UInt8]?
        let isWhole = row.forEachField { name, value in
            if name.isText("consumer") {
                consumer = value.foreignID()
            } else if name.isText("username") {
                username = value.stringBytes().map(Array.init)
            } else if name.isText("secret") {
                secret = value.stringBytes().map(Array.init)
            }
        }
        guard isWhole, let consumer, let username, let secret else { return nil }
        self.consumer = consumer
        self.secret = secret
        credential = Credential(id: id, identifier: username)
    }
}
