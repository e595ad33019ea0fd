import Hummingbird
import KongCore
import NIOSSL

/// One address the Admin API or the Status API listens on.
public struct AdminListener: Sendable {
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Paths of PEM files.
    public struct TLS: Sendable, Equatable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public var address: Address
    public var tls: TLS?
    public var http2 = false
    public var backlog = 16384

    public init(address: Address, tls: TLS? = nil, http2: Bool = false, backlog: Int = 16384) {
        self.address = address
        self.tls = tls
        self.http2 = http2
        self.backlog = backlog
    }

    var bindAddress: BindAddress {
        switch address {
        case .tcp(let host, let port):
            // An IPv6 address is bracketed in kong.conf and bare for the socket.
            return .hostname(HostAndPort.bare(host), port: port)
        case .unix(let path): return .unixDomainSocket(path: path)
        }
    }
}

extension AdminListener.TLS {
    func configuration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: self.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
