import KongCore

/// A plugin: a name, a priority, and one object per configuration. It declares the phases it implements by
/// conforming to their protocols; a phase that no active plugin implements costs nothing.
public protocol Plugin: AnyObject, Sendable {
    /// As in the `name` field of the plugins entity.
    static var name: String { get }
    /// Higher runs first; equal priorities run by name, descending.
    static var priority: Int { get }

    /// Made once per configuration and worker, when the configuration comes or changes.
    /// - Throws: when the configuration cannot work; requests that it applies to are then answered with 500.
    @Worker init(_ config: PluginConfiguration) throws(PluginError)
}

/// A validated configuration and what it belongs to.
public struct PluginConfiguration: Sendable {
    public var id: UUIDBytes
    public var route: UUIDBytes?
    public var service: UUIDBytes?
    public var consumer: UUIDBytes?
    /// Every field of the plugin's schema, defaults filled in.
    public var fields: JSONObject

    public init(
        id: UUIDBytes, route: UUIDBytes? = nil, service: UUIDBytes? = nil, consumer: UUIDBytes? = nil,
        fields: JSONObject
    ) {
        self.id = id
        self.route = route
        self.service = service
        self.consumer = consumer
        self.fields = fields
    }

    public func bool(_ name: String) -> Bool { fields[name]?.boolValue ?? false }
    public func string(_ name: String) -> String? { fields[name]?.stringValue }
    public func integer(_ name: String) -> Int64? { fields[name]?.intValue }
    /// The text of a number, `30` or `0.5`.
    public func number(_ name: String) -> String? {
        guard let value = fields[name], value.doubleValue != nil else { return nil }
        return String(decoding: value.serialized(), as: UTF8.self)
    }
    public func strings(_ name: String) -> [String]? { fields[name]?.arrayValue?.compactMap { $0.stringValue } }
}

/// Before routing; only global configurations.
public protocol RewritePhase: Plugin {
    @Worker func rewrite(_ context: AccessContext) throws(PluginError) -> Verdict
}

/// After routing, in priority order. Cannot wait: see `AsyncAccessPhase`.
public protocol AccessPhase: Plugin {
    @Worker func access(_ context: AccessContext) throws(PluginError) -> Verdict
}

/// An access phase that may suspend. The request may end while it waits: the task is then cancelled, and the
/// handle answers as a request that is gone.
public protocol AsyncAccessPhase: Plugin {
    @Worker func access(_ request: RequestHandle) async throws(PluginError) -> Verdict
}

/// When the answer's headers are known and not yet sent.
public protocol HeaderFilterPhase: Plugin {
    @Worker func headerFilter(_ context: ResponseContext) throws(PluginError)
}

/// For each piece of the answer's body.
public protocol BodyFilterPhase: Plugin {
    /// - Returns: what is sent in the chunk's place.
    /// - Note: a plugin that changes the length calls `clearContentLength()` in its header filter.
    @Worker func bodyFilter(_ chunk: [UInt8], isLast: Bool, _ context: ResponseContext) throws(PluginError) -> [UInt8]
}

/// After the answer was sent. The client's connection may be gone.
public protocol LogPhase: Plugin {
    @Worker func log(_ context: LogContext) throws(PluginError)
}
