/// What a plugin remembers of one request between its phases (`kong.ctx.plugin`). Gone with the request.
public struct RequestState {
    private var entries: [(plugin: ObjectIdentifier, value: Any)] = []

    public init() {}

    public subscript(plugin: any Plugin) -> Any? {
        get {
            let wanted = ObjectIdentifier(plugin)
            return entries.first { $0.plugin == wanted }?.value
        }
        set {
            let wanted = ObjectIdentifier(plugin)
            entries.removeAll { $0.plugin == wanted }
            if let newValue { entries.append((wanted, newValue)) }
        }
    }
}

/// Where a request came in.
public struct ConnectionFacts: Sendable {
    public var serverAddress: String
    public var serverPort: Int
    /// nginx's number of the connection.
    public var number: Int
    /// How many requests this connection has carried, this one included.
    public var requests: Int

    public init(serverAddress: String, serverPort: Int, number: Int, requests: Int) {
        self.serverAddress = serverAddress
        self.serverPort = serverPort
        self.number = number
        self.requests = requests
    }
}
