import KongCore

/// What an `hmac` header says. The parameters come in this order, as in Kong.
struct SignatureParameters {
    let username: [UInt8]
    let algorithm: String
    let headers: [String]
    let signature: [UInt8]

    private static let form = try? Regex2(
        Array(
            #".*?[Hh]mac\s*username="(.+)",\s*algorithm="(.+)",\s*headers="(.+)",\s*signature="(.+)""#.utf8))

    /// Nil when a parameter is missing.
    init?(header: [UInt8]) {
        let found = header.withUnsafeBufferPointer { Self.form?.captures($0) }
        guard let groups = found?.groups, groups.count == 5, let username = groups[1], let algorithm = groups[2],
            let headers = groups[3], let signature = groups[4]
        else { return nil }
        self.username = username
        self.algorithm = String(decoding: algorithm, as: UTF8.self)
        self.headers = headers.split(separator: 0x20, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        self.signature = signature
    }
}
