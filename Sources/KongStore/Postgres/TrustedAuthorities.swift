import Foundation
import KongCore

/// `lua_ssl_trusted_certificate` as the one file that libpq takes.
struct TrustedAuthorities {
    let settings: Settings

    private static let system = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
    ]

    /// - Throws: `PostgresError.refused` naming what cannot be read.
    func file() throws(PostgresError) -> String {
        let items = settings.list("lua_ssl_trusted_certificate")
        let paths = try (items.isEmpty ? ["system"] : items).map { item throws(PostgresError) in
            item == "system" ? try Self.systemFile() : item
        }
        if let path = paths.first, paths.count == 1, FileManager.default.fileExists(atPath: path) { return path }
        return try combined(paths)
    }

    private static func systemFile() throws(PostgresError) -> String {
        guard let path = system.first(where: FileManager.default.fileExists) else {
            throw .refused("the system's list of authorities is not found: name a file in lua_ssl_trusted_certificate")
        }
        return path
    }

    /// Several files, or certificates given as text, put together in the prefix.
    private func combined(_ items: [String]) throws(PostgresError) -> String {
        var text = ""
        for item in items {
            if let content = try? String(contentsOfFile: item, encoding: .utf8) {
                text += content
            } else if item.contains("-----BEGIN") {
                text += item
            } else if let data = Data(base64Encoded: item) {
                text += String(decoding: data, as: UTF8.self)
            } else {
                throw .refused("lua_ssl_trusted_certificate: failed loading certificate from \(item)")
            }
            text += "\n"
        }
        let path = settings.prefix + "/.ca_combined"
        do {
            try FileManager.default.createDirectory(atPath: settings.prefix, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw .refused("\(path) cannot be written: \(error)")
        }
        return path
    }
}
