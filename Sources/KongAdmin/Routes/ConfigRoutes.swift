import KongCore

// `/config` (admin-api 12).

extension AdminAPI {
    func addConfigRoutes(to table: inout RouteTable) {
        for method in ["GET", "POST"] { table.on(method, "/config", .other("The declarative configuration.", body: method == "POST")) { _ in Self.declarativeOnly } }
        table.acceptYAML("/config")
    }
}
