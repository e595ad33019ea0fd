import KongCore
import KongPDK
import NginxKit

/// The TLS handshake asks for a certificate: chosen by the name that the client asks for.
@Worker @c(kng_on_certificate)
public func onCertificate(_ ssl: OpaquePointer?, _ name: UnsafePointer<UInt8>?, _ length: Int) -> ngx_int_t {
    guard let ssl else { return Code.declined }
    return onLoop {
        guard let gateway = Gateway.current else { return Code.declined }
        gateway.refresh()
        let sni = String(decoding: UnsafeBufferPointer(start: name, count: length), as: UTF8.self).lowercased()
        guard let certificate = CertificateCache.shared.find(sni, gateway) else { return Code.declined }
        kng_ssl_clear(ssl)
        for pair in certificate.pairs where kng_ssl_use(ssl, pair.chain, pair.key) != 0 {
            Log.write(Log.error, "cannot use the certificate for \"\(sni)\"")
            return Code.error
        }
        return Code.ok
    }
}

/// A parsed certificate entity.
final class ParsedCertificate {
    let pairs: [(chain: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer)]

    init?(_ record: JSONObject) {
        var made: [(chain: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer)] = []
        for (cert, key) in [("cert", "key"), ("cert_alt", "key_alt")] {
            guard let cert = record[cert]?.stringValue, let key = record[key]?.stringValue,
                let chain = Self.parse(cert, kng_ssl_parse_chain)
            else { continue }
            guard let parsed = Self.parse(key, kng_ssl_parse_key) else {
                kng_ssl_free_chain(chain)
                continue
            }
            made.append((chain, parsed))
        }
        guard !made.isEmpty else { return nil }
        pairs = made
    }

    deinit {
        for pair in pairs {
            kng_ssl_free_chain(pair.chain)
            kng_ssl_free_key(pair.key)
        }
    }

    private static func parse(
        _ pem: String, _ parser: (UnsafePointer<CChar>?, Int) -> UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer? {
        var pem = pem
        return pem.withUTF8 { bytes in bytes.withMemoryRebound(to: CChar.self) { parser($0.baseAddress, $0.count) } }
    }
}

/// Certificates by server name: exact, `*.rest`, `host.*`, then `*`. Absence is remembered too.
@Worker
final class CertificateCache {
    static let shared = CertificateCache()
    private let sniKind = EntityKind("snis")
    private let certificateKind = EntityKind("certificates")
    private let vaultKind = EntityKind("vaults")
    private var certificateGeneration: UInt64 = .max
    private var certificates: [String: ParsedCertificate?] = [:]

    func find(_ sni: String, _ gateway: Gateway) -> ParsedCertificate? {
        // One generation of three kinds: a changed certificate, a moved name or another vault empties the table.
        let generation =
            (gateway.generation(of: certificateKind) &* 31 &+ gateway.generation(of: sniKind)) &* 31
            &+ gateway.generation(of: vaultKind)
        if generation != certificateGeneration || certificates.count > 10_000 {
            certificateGeneration = generation
            certificates = [:]
        }
        if let known = certificates[sni] { return known }
        var found: ParsedCertificate?
        for name in Self.candidates(sni) {
            if let record = lookup(name, gateway), let certificate = ParsedCertificate(record) {
                found = certificate
                break
            }
        }
        certificates[sni] = .some(found)
        return found
    }

    private func lookup(_ name: String, _ gateway: Gateway) -> JSONObject? {
        var name = name
        guard let sni = name.withUTF8({ gateway.records("snis", field: "name", value: $0) }),
            let id = sni["certificate"]?["id"]?.stringValue.flatMap({ UUIDBytes($0.utf8) })
        else { return nil }
        return gateway.dereferencedRecord("certificates", id)
    }

    private static func candidates(_ sni: String) -> [String] {
        guard !sni.isEmpty else { return ["*"] }
        var out = [sni]
        if let dot = sni.firstIndex(of: ".") { out.append("*" + sni[dot...]) }
        if let dot = sni.lastIndex(of: ".") { out.append(sni[..<dot] + ".*") }
        out.append("*")
        return out
    }
}
