import Foundation
import KongCore

/// The checks of settings that need the file system.
enum FileChecks {
    static func violations(of settings: Settings) -> [String] {
        var found: [String] = []
        for prefix in ["", "admin_", "admin_gui_", "status_", "client_"] {
            for item in settings.list("\(prefix)ssl_cert") where !holds(item, "CERTIFICATE-----") {
                found.append("\(prefix)ssl_cert: failed loading certificate from \(item)")
            }
            for item in settings.list("\(prefix)ssl_cert_key") where !holds(item, "PRIVATE KEY-----") {
                found.append("\(prefix)ssl_cert_key: failed loading key from \(item)")
            }
        }
        for item in settings.list("lua_ssl_trusted_certificate")
        where item != "system" && !holds(item, "CERTIFICATE-----") {
            found.append("lua_ssl_trusted_certificate: failed loading certificate from \(item)")
        }
        if let path = settings.string("dns_hostsfile"), !Files.exists(path) {
            found.append("dns_hostsfile: file does not exist")
        }
        for name in ["error_template_html", "error_template_json", "error_template_xml", "error_template_plain"] {
            if let path = settings.string(name), !Files.exists(path) {
                found.append("\(name): file does not exist: \(path)")
            }
        }
        if let path = settings.string("declarative_config"), !Files.exists(path) {
            found.append("declarative_config: file does not exist: \(path)")
        }
        if let path = settings.string("wasm_filters_path"), !Files.isDirectory(path) {
            found.append("wasm_filters_path '\(path)' is not a valid directory")
        }
        // The kernel's limit on the path of a unix socket.
        if settings.nodeSocketPath.utf8.count > 107 {
            found.append("prefix is too long for a unix socket: \(settings.nodeSocketPath) has more than 107 bytes")
        }
        return found
    }

    private static func holds(_ item: String, _ marker: String) -> Bool {
        PEMText.read(item)?.contains(marker) ?? false
    }
}

/// A certificate or key given as a path, as base64 or as PEM text.
enum PEMText {
    static func read(_ item: String) -> String? {
        if item.contains("-----BEGIN ") { return item }
        if let text = try? Files.readText(item) { return text }
        if let data = Data(base64Encoded: item), !data.isEmpty { return String(decoding: data, as: UTF8.self) }
        return nil
    }

    static func isPath(_ item: String) -> Bool { !item.contains("-----BEGIN ") && Files.exists(item) }
}
