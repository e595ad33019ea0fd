import KongCore

/// The hosts file, read when the worker starts.
struct HostNames {
    private var addresses: [String: String] = [:]

    init(file: String) {
        guard let text = ErrorTemplates.contents(of: file) else { return }
        for line in text.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let address = words.first, NetworkAddress(address[...]) != nil else { continue }
            for name in words.dropFirst() {
                let key = name.lowercased()
                // IPv4 wins, as in Kong's default order.
                if addresses[key] == nil || addresses[key]?.contains(":") == true { addresses[key] = address }
            }
        }
    }

    func address(of name: String) -> String? { addresses.isEmpty ? nil : addresses[name.lowercased()] }
}
