import COpenSSL

/// Digests and message authentication codes of OpenSSL.
public enum Digest: String, Sendable, CaseIterable {
    case sha1
    case sha256
    case sha384
    case sha512

    var algorithm: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    /// - Returns: empty only when OpenSSL has not the algorithm.
    public func hash(_ bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &out, &count, algorithm, nil) == 1 else { return [] }
        return Array(out.prefix(Int(count)))
    }

    /// HMAC, RFC 2104; nil when OpenSSL refuses.
    public func authenticationCode(_ bytes: [UInt8], key: [UInt8]) -> [UInt8]? {
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard let length = Int32(exactly: key.count),
            HMAC(algorithm, key, length, bytes, bytes.count, &out, &count) != nil
        else { return nil }
        return Array(out.prefix(Int(count)))
    }
}
