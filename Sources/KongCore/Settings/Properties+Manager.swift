extension Properties {
    /// Kong Manager.
    static let manager: [Property] = [
        Property("admin_gui_url", .array, doc: "Public URL(s) of Kong Manager; enables the CORS list"),
        Property(
            "admin_gui_path", default: "/",
            doc: "Path prefix: starts with /, no trailing /, letters digits - _ /"),
        Property("admin_gui_api_url", doc: "Admin API URL given to the GUI"),
        Property(
            "admin_gui_csp_header", .boolean, default: "off", inert: "not part of this version yet",
            doc: "Send Content-Security-Policy"),
    ]
}
