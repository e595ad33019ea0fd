// Rules over certificates and keys. What is inside them the context's inspector knows.

extension FieldValidator {
    static let certificate = FieldValidator("certificate") { value, context in
        guard let text = value.stringValue, let inspector = context.certificates else { return nil }
        do throws(InspectionError) {
            _ = try inspector.certificates(pem: text)
            return nil
        } catch {
            return .string("invalid certificate: \(error.message)")
        }
    }

    static let key = FieldValidator("key") { value, context in
        guard let text = value.stringValue, let inspector = context.certificates else { return nil }
        do throws(InspectionError) {
            _ = try inspector.privateKey(pem: text)
            return nil
        } catch {
            return .string("invalid key: \(error.message)")
        }
    }

    /// The halves of a key pair: each readable, and belonging together.
    static let pemKeys = FieldValidator("pem_keys") { value, context in
        guard let inspector = context.certificates else { return nil }
        let publicText = value["public_key"]?.stringValue
        let privateText = value["private_key"]?.stringValue
        if publicText?.isVaultReference == true || privateText?.isVaultReference == true { return nil }
        var publicKey: KeyFacts?
        if let publicText {
            publicKey = try? inspector.publicKey(pem: publicText)  // the reason is not shown
            if publicKey == nil { return "could not load public key" }
        }
        guard let privateText else { return nil }
        do throws(InspectionError) {
            let privateKey = try inspector.privateKey(pem: privateText)
            if let publicKey, publicKey.publicKey != privateKey.publicKey {
                return "public key does not match private key"
            }
            return nil
        } catch {
            return .string("could not load private key\(error.message)")
        }
    }
}

extension EntityValidator {
    static let certKeyMatch = keyMatch("cert", "key", "certificate does not match key")
    static let certAltKeyMatch = keyMatch("cert_alt", "key_alt", "alternative certificate does not match key")

    private static func keyMatch(_ certificate: String, _ key: String, _ message: String) -> EntityValidator {
        EntityValidator("\(certificate)_key_match", fieldSources: [certificate, key]) { entity, context in
            guard let inspector = context.certificates, let pem = entity[certificate]?.stringValue,
                let keyPEM = entity[key]?.stringValue
            else { return nil }
            // Unreadable ones were refused before.
            guard let found = try? inspector.certificates(pem: pem).first,
                let keyFacts = try? inspector.privateKey(pem: keyPEM)
            else { return nil }
            return found.publicKey.publicKey == keyFacts.publicKey ? nil : EntityFailure(message: message)
        }
    }

    /// Two certificates for one name serve clients of different abilities.
    static let certTypesDiffer = EntityValidator("cert_types_differ", fieldSources: ["cert", "cert_alt"]) {
        entity, context in
        guard let inspector = context.certificates, let pem = entity["cert"]?.stringValue,
            let alternative = entity["cert_alt"]?.stringValue,
            let first = try? inspector.certificates(pem: pem).first,  // unreadable ones were refused before
            let second = try? inspector.certificates(pem: alternative).first
        else { return nil }
        guard first.publicKey.type == second.publicKey.type else { return nil }
        return EntityFailure(
            message: "certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), "
                + "the provided certificates were both of the same type")
    }

    static let caCertCheck = EntityValidator("ca_cert_check", fieldSources: ["cert"]) { entity, context in
        guard let pem = entity["cert"]?.stringValue, !pem.isVaultReference else { return nil }
        if pem.ranges(of: "-----BEGIN CERTIFICATE-----").count > 1 {
            return EntityFailure(message: "please submit only one certificate at a time")
        }
        // Unreadable ones were refused before.
        guard let found = try? context.certificates?.certificates(pem: pem).first else { return nil }
        if found.notAfter < context.now() {
            return EntityFailure(message: #"certificate expired, "Not After" time is in the past"#)
        }
        if found.isCA { return nil }
        return EntityFailure(
            message: "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint")
    }

    static let jwkCheck = EntityValidator("jwk_check", fieldSources: ["jwk", "pem", "kid"]) { entity, context in
        guard let text = entity["jwk"]?.stringValue, !text.isVaultReference else { return nil }
        // Where the text stops being JSON is not shown.
        guard let jwk = try? JSONValue(parsing: text) else {
            return EntityFailure(message: "could not json decode jwk string")
        }
        if jwk["kid"] != entity["kid"] {
            return EntityFailure(message: "kid in jwk.kid must be equal to keys.kid")
        }
        if let inspector = context.certificates, (try? inspector.key(jwk: text)) == nil {
            return EntityFailure(message: "could not load JWK, likely not a valid key")
        }
        return JSONWebKey.error(jwk.objectValue ?? [:], context).map { EntityFailure(message: $0) }
    }
}

extension EntityTransformation {
    /// Identifies a certificate whatever its text looks like.
    static let certDigest = EntityTransformation(input: ["cert"]) { entity, context in
        // Unreadable ones were refused before.
        guard let pem = entity["cert"]?.stringValue,
            let found = try? context.certificates?.certificates(pem: pem).first
        else { return }
        entity["cert_digest"] = .string(found.digest)
    }
}
