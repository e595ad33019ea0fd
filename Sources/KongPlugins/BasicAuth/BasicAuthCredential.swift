import KongCore
import KongPDK

/// A user name, the hash of its password and whose it is.
final class BasicAuthCredential: WorkerCredential {
    static let entity = "basicauth_credentials"
    static let lookupField = "username"
    let consumer: UUIDBytes
    /// Lower-case hexadecimal SHA-1 of the password and the consumer's id.
    let password: [UInt8]
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var username: [UInt8]?
        var password: [UInt8]?
        let isWhole = row.forEachField { name, value in
            if name.isText("consumer") {
                consumer = value.foreignID()
            } else if name.isText("username") {
                username = value.stringBytes().map(Array.init)
            } else if name.isText("password") {
                password = value.stringBytes().map(Array.init)
            }
        }
        guard isWhole, let consumer, let username, let password else { return nil }
        self.consumer = consumer
        self.password = password
        credential = Credential(id: id, identifier: username)
    }
}
