/// The TLS profiles that `ssl_cipher_suite` names (Mozilla's, version 5.7).
public struct CipherSuite: Sendable, Hashable {
    public var protocols: String
    public var prefersServerCiphers: String
    public var dhGroup: String?
    /// nil leaves OpenSSL's own list (TLS 1.3 only).
    public var ciphers: String?

    static let intermediateCiphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-CHACHA20-POLY1305",
    ]

    static let oldCiphers =
        intermediateCiphers + [
            "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA",
            "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
            "DHE-RSA-AES128-SHA256", "DHE-RSA-AES256-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384",
            "AES128-SHA256", "AES256-SHA256", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA",
        ]

    /// nil for `custom` and for names that do not exist.
    public static func named(_ name: String) -> CipherSuite? {
        switch name {
        case "modern":
            CipherSuite(protocols: "TLSv1.3", prefersServerCiphers: "off")
        case "intermediate":
            CipherSuite(
                protocols: "TLSv1.2 TLSv1.3", prefersServerCiphers: "off", dhGroup: "ffdhe2048",
                ciphers: intermediateCiphers.joined(separator: ":"))
        case "old":
            // SECLEVEL=0: OpenSSL 3 refuses TLS 1.0 and SHA-1 signatures at its default level.
            CipherSuite(
                protocols: "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", prefersServerCiphers: "on",
                ciphers: oldCiphers.joined(separator: ":") + ":@SECLEVEL=0")
        case "fips":
            CipherSuite(
                protocols: "TLSv1.2", prefersServerCiphers: "on", ciphers: "TLSv1.2+FIPS:kRSA+FIPS:!eNULL:!aNULL")
        default:
            nil
        }
    }
}
