import KongCore

/// What every authenticating plugin does once it knows whom it has before it.
///
/// Source: Kong's `set_consumer` in each auth plugin's access.lua; docs "Kong and authentication".
public enum Authentication {
    static let consumerID: HeaderName = "X-Consumer-ID"
    static let consumerCustomID: HeaderName = "X-Consumer-Custom-ID"
    static let consumerUsername: HeaderName = "X-Consumer-Username"
    static let credentialIdentifier: HeaderName = "X-Credential-Identifier"
    static let anonymousConsumer: HeaderName = "X-Anonymous-Consumer"

    /// Tells the upstream who is calling; headers that the client forged are replaced or removed.
    /// - Parameter credential: nil for the anonymous consumer.
    @Worker
    public static func authenticate(_ request: any RequestBackend, as consumer: Consumer, with credential: Credential?)
    {
        request.setHeader(consumerID, consumer.idBytes)
        set(request, consumerCustomID, consumer.customID)
        set(request, consumerUsername, consumer.username)
        request.consumer = consumer
        request.credential = credential
        if let credential {
            request.setHeader(credentialIdentifier, credential.identifier)
            request.removeHeader(anonymousConsumer)
        } else {
            request.removeHeader(credentialIdentifier)
            request.setHeader(anonymousConsumer, Array("true".utf8))
        }
    }

    @Worker
    private static func set(_ request: any RequestBackend, _ name: HeaderName, _ value: [UInt8]?) {
        if let value { request.setHeader(name, value) } else { request.removeHeader(name) }
    }

    /// The consumer that `config.anonymous` names, by id or username.
    /// - Throws: when there is none; the request is then answered with 500.
    @Worker
    public static func anonymousConsumer(
        _ name: String, _ request: any RequestBackend
    ) throws(PluginError) -> Consumer? {
        if let id = UUIDBytes(name.utf8), let consumer = try request.entities.find(Consumer.self, id: id) {
            return consumer
        }
        let bytes = Array(name.utf8)
        return try bytes.withUnsafeBufferPointer { pointer throws(PluginError) in
            try request.entities.find(Consumer.self, field: "username", pointer)
        }
    }
}
