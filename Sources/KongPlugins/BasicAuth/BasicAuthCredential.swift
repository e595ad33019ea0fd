import KongCore
import KongPDK

/// A user name, the hash of its password and whose it is.
final class BasicAuthCredential: WorkerEntity {
    static let entity = "basicauth_credentials"
    let consumer: UUIDBytes
    /// Lower-case hexadecimal SHA-1 of the password and the consumer's id.
    let password: [UInt8]
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var username: [UInt8]?
        var password: [UInt8]?
        for _ in 0..<row.mapCount() {
            guard let key = row.stringBytes() else { return nil }
            if key.elementsEqual("consumer".utf8) {
                consumer = row.foreignID()
            } else if key.elementsEqual("username".utf8) {
                username = row.stringBytes().map(Array.init)
            } else if key.elementsEqual("password".utf8) {
                password = row.stringBytes().map(Array.init)
            } else {
                row.skip()
            }
        }
        guard let consumer, let username, let password else { return nil }
        self.consumer = consumer
        self.password = password
        credential = Credential(id: id, identifier: username)
    }
}
