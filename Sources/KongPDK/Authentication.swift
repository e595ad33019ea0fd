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
        authenticate(request, as: consumer, with: credential, headers(of: consumer, with: credential))
    }

    /// The same with headers that were made before.
    @Worker @usableFromInline
    static func authenticate(
        _ request: any RequestBackend, as consumer: Consumer, with credential: Credential?, _ headers: HeaderSet
    ) {
        request.setHeaders(headers)
        request.consumer = consumer
        request.credential = credential
    }

    @usableFromInline
    static func headers(of consumer: Consumer, with credential: Credential?) -> HeaderSet {
        var headers = HeaderSet()
        func put(_ name: HeaderName, _ value: [UInt8]?) {
            if let value { headers.set(name, value) } else { headers.remove(name) }
        }
        put(consumerID, consumer.id.text)
        put(consumerCustomID, consumer.customID)
        put(consumerUsername, consumer.username)
        put(credentialIdentifier, credential?.identifier)
        put(anonymousConsumer, credential == nil ? Array("true".utf8) : nil)
        return headers
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
