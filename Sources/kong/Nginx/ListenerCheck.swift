import Foundation
import KongCore

/// Tells before nginx or the admin process does, and more clearly, that a port is taken.
enum ListenerCheck {
    static func check(_ settings: Settings, properties: [String]) throws {
        for property in properties {
            for listener in settings.listeners[property] ?? [] {
                guard let code = bindError(listener) else { continue }
                if code == EADDRINUSE {
                    throw CommandError(message(address: listener.address, property: property))
                }
                if code == EACCES {
                    throw CommandError(
                        "\(property): \(listener.address) is not allowed: ports below 1024 need root or "
                            + "CAP_NET_BIND_SERVICE; choose another port in \(property)")
                }
                if code == EADDRNOTAVAIL {
                    throw CommandError(
                        "\(property): this machine has no address \(listener.ip); change \(property) "
                            + "(KONG_\(property.uppercased()))")
                }
            }
        }
    }

    static func message(address: String, property: String) -> String {
        let port = address.split(separator: ":").last ?? ""
        let variable = property.contains(" ") ? "the setting" : "\(property) (KONG_\(property.uppercased()))"
        return "\(property): \(address) is already in use by another process; stop it "
            + "('ss -ltnp sport = :\(port)' names it) or change \(variable)"
    }

    /// nil when the address can be bound.
    private static func bindError(_ listener: Listener) -> Int32? {
        let isV6 = listener.ip.hasPrefix("[")
        let host = isV6 ? String(listener.ip.dropFirst().dropLast()) : listener.ip
        // A name is nginx's to resolve.
        guard isV6 ? IPAddress.isV6(host) : IPAddress.isV4(host) else { return nil }
        let descriptor = socket(isV6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var one: Int32 = 1
        // As nginx does, so that connections in TIME_WAIT do not count; not SO_REUSEPORT, which would hide a twin.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let port = UInt16(listener.port).bigEndian
        let status: Int32
        if isV6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, socklen_t(MemoryLayout<Int32>.size))
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port
            inet_pton(AF_INET6, host, &address.sin6_addr)
            status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port
            inet_pton(AF_INET, host, &address.sin_addr)
            status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        return status == 0 ? nil : errno
    }
}
