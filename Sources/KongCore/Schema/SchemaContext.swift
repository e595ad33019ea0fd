// What validation needs from outside: which plugins exist, the time, randomness, and a look into certificates.

/// The surroundings in which entities are validated.
public struct SchemaContext: Sendable {
    public var plugins: any PluginCatalogue
    /// The plugins that the `plugins` setting admits.
    public var enabledPlugins: Set<String>
    /// `traditional`, `traditional_compatible` or `expressions`.
    public var routerFlavor: String
    /// `sqlite`, `postgres` or `off`.
    public var database: String
    /// `traditional`, `control_plane` or `data_plane`.
    public var role: String
    /// Unix time in seconds.
    public var now: @Sendable () -> Double
    /// A random UUID in lower case.
    public var newUUID: @Sendable () -> String
    /// 32 random alphanumerics.
    public var randomString: @Sendable () -> String
    /// nil accepts certificates and keys unseen.
    public var certificates: (any CertificateInspector)?
    /// Accepts plugins whose behaviour is missing; for requests that only validate.
    public var acceptsUnavailablePlugins = false

    public init(
        plugins: any PluginCatalogue, enabledPlugins: Set<String>, routerFlavor: String = "traditional_compatible",
        database: String = "sqlite", role: String = "traditional", now: @escaping @Sendable () -> Double,
        newUUID: @escaping @Sendable () -> String = { RandomText.uuid() },
        randomString: @escaping @Sendable () -> String = { RandomText.alphanumeric(32) },
        certificates: (any CertificateInspector)? = nil
    ) {
        self.plugins = plugins
        self.enabledPlugins = enabledPlugins
        self.routerFlavor = routerFlavor
        self.database = database
        self.role = role
        self.now = now
        self.newUUID = newUUID
        self.randomString = randomString
        self.certificates = certificates
    }
}

/// Reads certificates and keys; implemented over OpenSSL outside this module.
public protocol CertificateInspector: Sendable {
    /// Every certificate of a PEM text.
    func certificates(pem: String) throws(InspectionError) -> [CertificateFacts]
    func privateKey(pem: String) throws(InspectionError) -> KeyFacts
    func publicKey(pem: String) throws(InspectionError) -> KeyFacts
    /// Whether a JWK, as JSON text, is a usable key.
    func key(jwk: String) throws(InspectionError) -> KeyFacts
    /// A salted hash of a secret in PHC form (`$pbkdf2-sha512$i=10000,l=32$salt$hash`).
    func hash(secret: String) throws(InspectionError) -> String
}

/// Why a certificate or key cannot be used, in OpenSSL's words.
public struct InspectionError: Error, Sendable {
    public var message: String
    public init(_ message: String) { self.message = message }
}

public struct CertificateFacts: Sendable {
    /// Whether the basic constraints say CA.
    public var isCA: Bool
    /// Unix time in seconds.
    public var notAfter: Double
    /// SHA-256 of the DER form in lower-case hex.
    public var digest: String
    public var publicKey: KeyFacts

    public init(isCA: Bool, notAfter: Double, digest: String, publicKey: KeyFacts) {
        self.isCA = isCA
        self.notAfter = notAfter
        self.digest = digest
        self.publicKey = publicKey
    }
}

public struct KeyFacts: Sendable, Equatable {
    /// The algorithm: `rsa`, `ec`, …
    public var type: String
    /// The public half as DER SubjectPublicKeyInfo; equal bytes mean one key pair.
    public var publicKey: [UInt8]

    public init(type: String, publicKey: [UInt8]) {
        self.type = type
        self.publicKey = publicKey
    }
}
