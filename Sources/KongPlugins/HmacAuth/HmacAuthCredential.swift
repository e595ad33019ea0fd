import KongCore
import KongPDK

/// A user name, the secret that its requests are signed with, and whose it is.
final class HmacAuthCredential: WorkerEntity {
    static let entity = "hmacauth_credentials"
    let consumer: UUIDBytes
    let secret: [UInt8]
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var username: [UInt8]?
        var secret: [UInt8]?
        for _ in 0..<row.mapCount() {
            guard let key = row.stringBytes() else { return nil }
            if key.elementsEqual("consumer".utf8) {
                consumer = row.foreignID()
            } else if key.elementsEqual("username".utf8) {
                username = row.stringBytes().map(Array.init)
            } else if key.elementsEqual("secret".utf8) {
                secret = row.stringBytes().map(Array.init)
            } else {
                row.skip()
            }
        }
        guard let consumer, let username, let secret else { return nil }
        self.consumer = consumer
        self.secret = secret
        credential = Credential(id: id, identifier: username)
    }
}
