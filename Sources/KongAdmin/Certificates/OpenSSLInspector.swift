import COpenSSL
import Foundation
import KongCore

/// Reads certificates and keys with the OpenSSL that nginx links, so that what is accepted here can be served there.
public struct OpenSSLInspector: CertificateInspector {
    public init() {}

    public func certificates(pem: String) throws(InspectionError) -> [CertificateFacts] {
        ERR_clear_error()
        let found = reading(pem) { bio in
            var found: [CertificateFacts] = []
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) {
                // SAFETY: ours alone since the read; nothing below keeps it.
                defer { unsafe X509_free(certificate) }
                found.append(unsafe facts(certificate))
            }
            return found
        }
        if found.isEmpty { throw InspectionError("x509.new: \(Self.lastError())") }
        ERR_clear_error()
        return found
    }

    public func privateKey(pem: String) throws(InspectionError) -> KeyFacts {
        ERR_clear_error()
        guard let key = reading(pem, { unsafe PEM_read_bio_PrivateKey($0, nil, Self.noPassphrase, nil) }) else {
            throw InspectionError("pkey.new:load_key: \(Self.lastError())")
        }
        // SAFETY: ours alone since the read.
        defer { unsafe EVP_PKEY_free(key) }
        return unsafe facts(key: key)
    }

    public func publicKey(pem: String) throws(InspectionError) -> KeyFacts {
        ERR_clear_error()
        guard let key = reading(pem, { unsafe PEM_read_bio_PUBKEY($0, nil, Self.noPassphrase, nil) }) else {
            throw InspectionError("pkey.new:load_key: \(Self.lastError())")
        }
        // SAFETY: ours alone since the read.
        defer { unsafe EVP_PKEY_free(key) }
        return unsafe facts(key: key)
    }

    /// Whether the members that its type needs are there and decode; the numbers themselves are not weighed.
    public func key(jwk: String) throws(InspectionError) -> KeyFacts {
        guard let value = try? JSONValue(parsing: jwk), let key = value.objectValue else {
            throw InspectionError("pkey.new:load_key: error decoding JSON from JWK")
        }
        let needed: [String: [String]] = ["RSA": ["n", "e"], "EC": ["x", "y"], "OKP": ["x"]]
        guard let type = key["kty"]?.stringValue, let names = needed[type] else {
            throw InspectionError("pkey.new:load_key: not yet supported jwk type")
        }
        if type == "EC" || type == "OKP", key["crv"]?.stringValue == nil {
            throw InspectionError("pkey.new:load_key: curve is not defined in jwk")
        }
        var bytes: [UInt8] = []
        for name in names {
            guard let text = key[name]?.stringValue, let part = Self.base64URL(text), !part.isEmpty else {
                throw InspectionError("pkey.new:load_key: at least \"\(names.joined(separator: "\", \""))\" required")
            }
            bytes += part
        }
        return KeyFacts(type: type.lowercased(), publicKey: bytes)
    }

    /// PBKDF2 in PHC form, with Kong's parameters.
    public func hash(secret: String) throws(InspectionError) -> String {
        let rounds: Int32 = 10000, length = 32
        var salt = [UInt8](repeating: 0, count: 16), hash = [UInt8](repeating: 0, count: length)
        let text = Array(secret.utf8).map { CChar(bitPattern: $0) }
        // SAFETY: each pointer is used within its call, with the count of its own array.
        guard unsafe RAND_bytes(&salt, Int32(salt.count)) == 1,
            unsafe PKCS5_PBKDF2_HMAC(
                text, Int32(text.count), salt, Int32(salt.count), rounds, kng_sha512(), Int32(length), &hash) == 1
        else { throw InspectionError(Self.lastError()) }
        return "$pbkdf2-sha512$i=\(rounds),l=\(length)$\(Self.base64(salt))$\(Self.base64(hash))"
    }

    // MARK: -

    private func facts(_ certificate: OpaquePointer) -> CertificateFacts {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        // SAFETY: `certificate` lives until the caller frees it; `digest` has the largest size there is.
        _ = unsafe X509_digest(certificate, kng_sha256(), &digest, &count)
        var time = tm()
        let expires = unsafe ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 ? unsafe timegm(&time) : 0
        let key = unsafe X509_get0_pubkey(certificate)
        return CertificateFacts(
            isCA: unsafe X509_check_ca(certificate) == 1, notAfter: Double(expires),
            digest: String(decoding: digest.prefix(Int(count)).hexadecimal, as: UTF8.self),
            publicKey: unsafe key.map { unsafe facts(key: $0) } ?? KeyFacts(type: "", publicKey: []))
    }

    private func facts(key: OpaquePointer) -> KeyFacts {
        var start: UnsafeMutablePointer<UInt8>?
        // SAFETY: OpenSSL allocates `start` with exactly the length it returns; freed after the copy.
        let length = unsafe i2d_PUBKEY(key, &start)
        defer { unsafe CRYPTO_free(start, nil, 0) }
        let bytes = unsafe length > 0 ? Array(UnsafeBufferPointer(start: start, count: Int(length))) : []
        let name = unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? ""
        return KeyFacts(type: name.lowercased(), publicKey: bytes)
    }

    /// The newest reason, in OpenSSL's words.
    private static func lastError() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return "no certificate or key found" }
        var text = [CChar](repeating: 0, count: 256)
        // SAFETY: writes at most the count given, with its terminator.
        unsafe ERR_error_string_n(code, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Without it OpenSSL would ask on the terminal.
    private static let noPassphrase:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, _ in
            0
        }

    private static func base64(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func base64URL(_ text: String) -> [UInt8]? {
        let bare = text.replacing("-", with: "+").replacing("_", with: "/").prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
        return Data(base64Encoded: bare + padding).map { [UInt8]($0) }
    }
}

/// Lends a text to OpenSSL for the length of `body`.
private func reading<T>(_ text: String, _ body: (OpaquePointer?) -> T) -> T {
    Array(text.utf8).withUnsafeBytes { bytes in
        // SAFETY: the BIO does not copy; it is gone before `bytes` is.
        let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
        defer { unsafe BIO_free(bio) }
        return unsafe body(bio)
    }
}
