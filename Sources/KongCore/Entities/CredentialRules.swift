// What makes a stored credential of what a client sent.

extension EntityTransformation {
    /// The password is stored as the SHA-1 of itself and the consumer's id, as Kong's data has it.
    static let basicAuthHash = EntityTransformation(input: ["password"], needs: ["consumer.id"]) { entity, _ in
        guard let password = entity["password"]?.stringValue,
            let consumer = entity.value(at: "consumer.id")?.stringValue
        else { return }
        entity["password"] = .string(SHA1.hex(password + consumer))
    }

    /// A client secret is hashed when the client asked for it.
    static let oauth2HashSecret = EntityTransformation(
        input: ["hash_secret"], needs: ["client_secret"]
    ) { (entity, context) throws(Violations) in
        guard entity["hash_secret"] == true, let secret = entity["client_secret"]?.stringValue,
            let inspector = context.certificates
        else { return }
        do throws(InspectionError) {
            entity["client_secret"] = .string(try inspector.hash(secret: secret))
        } catch {
            throw Violations(fields: ["client_secret": .string(error.message)])
        }
    }
}

extension FieldValidator {
    /// An absolute URI without a fragment.
    static let redirectUri = FieldValidator("redirect_uri") { value, _ in
        guard let text = value.stringValue else { return nil }
        guard let url = URLParts(text), url.host != nil, url.scheme != nil else {
            return .string("cannot parse '\(text)'")
        }
        return url.fragment == nil ? nil : .string("fragment not allowed in '\(text)'")
    }

    /// A PEM public key that can verify tokens.
    static let jwtPublicKey = FieldValidator("jwt_public_key") { value, context in
        guard let text = value.stringValue, let inspector = context.certificates else { return nil }
        return (try? inspector.publicKey(pem: text)) == nil ? "invalid key" : nil  // the reason is not shown
    }
}
