import KongCore

/// The settings that the Admin API itself obeys, read once at start.
public struct AdminConfiguration: Sendable {
    public enum Role: String, Sendable { case traditional, controlPlane = "control_plane", dataPlane = "data_plane" }

    public var database = "sqlite"
    public var role = Role.traditional
    /// 0 is no limit.
    public var bodyLimitBytes = 10 << 20
    /// `X-Kong-Admin-Latency` and `Server`, as `headers` of kong.conf asks for.
    public var sendsLatency = true
    public var sendsServer = true
    /// scheme://authority of each `admin_gui_url`; empty echoes any origin.
    public var allowedOrigins: [String] = []
    public var logLevel = "notice"
    /// `plugins` of kong.conf after `bundled` and `off` were resolved, in load order.
    public var enabledPlugins: [String] = []
    public var wasm = false
    public var routerFlavor = "traditional_compatible"
    /// What `GET /` shows under `configuration`, secrets masked already.
    public var published: JSONObject = [:]

    public init() {}

    public var isDeclarative: Bool { database == "off" }
}
