import KongCore
import KongPDK

/// Whose tokens these are, and what they are signed with.
final class JwtSecret: WorkerEntity {
    static let entity = "jwt_secrets"
    let consumer: UUIDBytes
    let algorithm: String
    let secret: [UInt8]?
    let publicKey: PublicKey?
    let credential: Credential

    init?(id: UUIDBytes, row: inout RowReader) {
        var consumer: UUIDBytes?
        var texts: [String: String] = [:]
        for _ in 0..<row.mapCount() {
            guard let key = row.stringBytes() else { return nil }
            let name = String(decoding: key, as: UTF8.self)
            switch name {
            case "consumer": consumer = row.foreignID()
            case "key", "algorithm", "secret", "rsa_public_key":
                texts[name] = row.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            default: row.skip()
            }
        }
        guard let consumer, let key = texts["key"] else { return nil }
        self.consumer = consumer
        algorithm = texts["algorithm"] ?? "HS256"
        secret = texts["secret"].map { Array($0.utf8) }
        publicKey = algorithm.hasPrefix("HS") ? nil : texts["rsa_public_key"].flatMap { PublicKey(pem: $0) }
        credential = Credential(id: id, identifier: Array(key.utf8))
    }
}
