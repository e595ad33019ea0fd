import KongCore
import KongPDK

/// A token in compact form (RFC 7519, RFC 7515), not yet trusted.
struct JSONWebToken {
    let header: JSONObject
    let claims: JSONObject
    let algorithm: String
    private let signed: [UInt8]
    private let signature: [UInt8]

    struct Malformed: Error {
        let reason: String
    }

    static let algorithms: Set<String> = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
        "EdDSA",
    ]

    init(_ token: [UInt8]) throws(Malformed) {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]) else {
            throw Malformed(reason: "invalid JSON")
        }
        guard let algorithm = header["alg"]?.stringValue, Self.algorithms.contains(algorithm) else {
            throw Malformed(reason: "invalid alg")
        }
        guard let signature = Self.decode(parts[2]) else { throw Malformed(reason: "invalid signature") }
        self.header = header
        self.claims = claims
        self.algorithm = algorithm
        self.signature = signature
        signed = Array(token[..<(parts[2].startIndex - 1)])
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
        decode(part).flatMap { try? JSONValue(parsing: $0) }?.objectValue
    }

    /// Base64 with or without the URL's alphabet.
    static func decode<Text: Collection<UInt8>>(_ text: Text) -> [UInt8]? {
        Base64.decode(
            text.map { byte in
                switch byte {
                case UInt8(ascii: "-"): UInt8(ascii: "+")
                case UInt8(ascii: "_"): UInt8(ascii: "/")
                default: byte
                }
            })
    }

    /// - Parameter secret: what HS algorithms use.
    func isSigned(by secret: [UInt8], _ key: PublicKey?) -> Bool {
        let digest: Digest =
            switch algorithm.suffix(3) {
            case "384": .sha384
            case "512": .sha512
            default: .sha256
            }
        switch algorithm.prefix(2) {
        case "HS":
            guard let code = digest.authenticationCode(signed, key: secret) else { return false }
            return ConstantTime.equal(code, signature)
        case "RS": return key?.verify(signature, of: signed, .pkcs1(digest)) ?? false
        case "PS": return key?.verify(signature, of: signed, .pss(digest)) ?? false
        case "ES": return key?.verify(signature, of: signed, .ecdsa(digest)) ?? false
        default: return key?.verify(signature, of: signed, .eddsa) ?? false
        }
    }

    /// What is wrong with the claims of time; empty when nothing is.
    func timeErrors(_ wanted: [String], now: Double) -> JSONObject {
        var errors: JSONObject = [:]
        for claim in wanted {
            guard let time = claims[claim]?.doubleValue else {
                errors[claim] = "must be a number"
                continue
            }
            if claim == "exp", time <= now { errors[claim] = "token expired" }
            if claim == "nbf", time > now { errors[claim] = "token not valid yet" }
        }
        return errors
    }
}
