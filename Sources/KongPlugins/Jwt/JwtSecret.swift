import KongCore
import KongPDK

/// Whose tokens these are, and what they are signed with.
final class JwtSecret: WorkerCredential {
    static let entity = "jwt_secrets"
    static let lookupField = "key"
    let consumer: UUIDBytes
    let algorithm: String
    let secret: [UInt8]?
    let publicKey: PublicKey?
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var key: [UInt8]?
        var algorithm = "HS256"
        var secret: [UInt8]?
        var pem: String?
        let isWhole = row.forEachField { name, value in
            if name.isText("consumer") {
                consumer = value.foreignID()
            } else if name.isText("key") {
                key = value.stringBytes().map(Array.init)
            } else if name.isText("algorithm") {
                algorithm = value.stringBytes().map { String(decoding: $0, as: UTF8.self) } ?? algorithm
            } else if name.isText("secret") {
                secret = value.stringBytes().map(Array.init)
            } else if name.isText("rsa_public_key") {
                pem = value.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            }
        }
        guard isWhole, let consumer, let key else { return nil }
        self.consumer = consumer
        self.algorithm = algorithm
        self.secret = secret
        publicKey = algorithm.hasPrefix("HS") ? nil : pem.flatMap { PublicKey(pem: $0) }
        credential = Credential(id: id, identifier: key)
    }
}
