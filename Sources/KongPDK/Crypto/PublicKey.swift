import COpenSSL

/// A public key that signatures are checked with. Parsed once, where the configuration is read.
public final class PublicKey: @unchecked Sendable {
    // Immutable after init; OpenSSL's keys may be used from any thread.
    private let key: OpaquePointer

    public enum Scheme: Sendable {
        /// RSASSA-PKCS1-v1_5.
        case pkcs1(Digest)
        case pss(Digest)
        /// The signature is r and s side by side (RFC 7518, section 3.4), each as long as the curve's order.
        case ecdsa(Digest)
        case eddsa
    }

    /// - Parameter pem: a public key in PEM; nil for anything else.
    public init?(pem: String) {
        let bytes = Array(pem.utf8)
        guard let count = Int32(exactly: bytes.count), let bio = BIO_new_mem_buf(bytes, count) else { return nil }
        defer { BIO_free(bio) }
        guard let key = PEM_read_bio_PUBKEY(bio, nil, nil, nil) else {
            ERR_clear_error()
            return nil
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    public func verify(_ signature: [UInt8], of message: [UInt8], _ scheme: Scheme) -> Bool {
        defer { ERR_clear_error() }
        let type = EVP_PKEY_get_base_id(key)
        switch scheme {
        case .pkcs1(let digest): return type == EVP_PKEY_RSA && verify(signature, message, digest.algorithm)
        case .pss(let digest):
            return type == EVP_PKEY_RSA && verify(signature, message, digest.algorithm, isPSS: true)
        case .ecdsa(let digest):
            guard type == EVP_PKEY_EC, let der = Self.der(signature, EVP_PKEY_get_bits(key)) else { return false }
            return verify(der, message, digest.algorithm)
        case .eddsa:
            return (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448) && verify(signature, message, nil)
        }
    }

    private func verify(_ signature: [UInt8], _ message: [UInt8], _ digest: OpaquePointer?, isPSS: Bool = false)
        -> Bool
    {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &keyContext, digest, nil, key) == 1 else { return false }
        if isPSS, EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) != 1 { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// The DER form that OpenSSL wants.
    private static func der(_ signature: [UInt8], _ bits: Int32) -> [UInt8]? {
        let half = (Int(bits) + 7) / 8
        guard half > 0, signature.count == 2 * half, let pair = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(pair) }
        let r = BN_bin2bn(Array(signature[..<half]), Int32(half), nil)
        let s = BN_bin2bn(Array(signature[half...]), Int32(half), nil)
        guard let r, let s, ECDSA_SIG_set0(pair, r, s) == 1 else { return nil }
        var out: UnsafeMutablePointer<UInt8>?
        let count = i2d_ECDSA_SIG(pair, &out)
        guard count > 0, let out else { return nil }
        defer { CRYPTO_free(out, nil, 0) }
        return Array(UnsafeBufferPointer(start: out, count: Int(count)))
    }
}
