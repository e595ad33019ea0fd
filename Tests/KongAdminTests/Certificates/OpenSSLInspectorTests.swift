import KongCore
import Testing

@testable import KongAdmin

@Suite("Certificates and keys")
struct OpenSSLInspectorTests {
    private let inspector = OpenSSLInspector()

    @Test("a certificate is read with its key, and matches it")
    func pair() throws {
        let found = try inspector.certificates(pem: Self.certificate)
        let key = try inspector.privateKey(pem: Self.key)
        #expect(found.count == 1 && found.first?.isCA == false)
        #expect(found.first?.publicKey == key && key.type == "ec" && !key.publicKey.isEmpty)
        #expect(found.first?.digest.count == 64)
        #expect((found.first?.notAfter ?? 0) > 2_000_000_000)
        #expect(try inspector.certificates(pem: Self.certificate + "\n" + Self.certificate).count == 2)
    }

    @Test(
        "anything else is refused in OpenSSL's words",
        arguments: ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u{0}"])
    func garbage(text: String) {
        let certificate = #expect(throws: InspectionError.self) { try inspector.certificates(pem: text) }
        #expect(certificate?.message.hasPrefix("x509.new: error:") == true)
        let key = #expect(throws: InspectionError.self) { try inspector.privateKey(pem: text) }
        #expect(key?.message.hasPrefix("pkey.new:load_key: error:") == true)
        #expect(throws: InspectionError.self) { try inspector.publicKey(pem: text) }
        #expect(throws: InspectionError.self) { try inspector.key(jwk: text) }
    }

    @Test("a secret's hash has PHC's form and a salt of its own")
    func hash() throws {
        let first = try inspector.hash(secret: "s"), second = try inspector.hash(secret: "s")
        #expect(first.hasPrefix("$pbkdf2-sha512$i=10000,l=32$") && first != second)
    }

    @Test("a JWK needs the members of its type")
    func jwk() throws {
        #expect(try inspector.key(jwk: "{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"AQAB\"}").type == "rsa")
        // As lua-resty-openssl's: a secret is no key.
        #expect(throws: InspectionError.self) { try inspector.key(jwk: "{\"kty\":\"oct\",\"k\":\"AAAA\"}") }
        #expect(throws: InspectionError.self) { try inspector.key(jwk: "{\"kty\":\"RSA\",\"n\":\"AAAA\"}") }
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBSzCB8qADAgECAhRwxy+/qDq005PBLVrPyIFgozmLcjAKBggqhkjOPQQDAjAS
        MRAwDgYDVQQDDAdlYy50ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
        MDAwWjASMRAwDgYDVQQDDAdlYy50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
        QgAECo9RETjQ5TS2dSeiIvo8VA76SyQgZbG5lL3yLYP4MgyshRcAIFVi03Mqltl3
        f0SYzp++7fjd8xnxA688sIwd+KMkMCIwDAYDVR0TAQH/BAIwADASBgNVHREECzAJ
        ggdlYy50ZXN0MAoGCCqGSM49BAMCA0gAMEUCIQCJ2fo2EhP3e7uOfbN4+eQsSHMh
        dJ7fQnhVaeyMzXXG2wIgaIPnDNQSNf8vv2G82l8DfNKZWVh9vAv2Lftqt/oW8GU=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgb9QIOK2pPlsMKUnG
        putftc/QwtkMj0whePYpJFaQUAyhRANCAAQKj1ERONDlNLZ1J6Ii+jxUDvpLJCBl
        sbmUvfItg/gyDKyFFwAgVWLTcyqW2Xd/RJjOn77t+N3zGfEDrzywjB34
        -----END PRIVATE KEY-----
        """
}
