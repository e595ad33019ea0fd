import KongCore

// Endpoints that plugins add (admin-api 14).

extension AdminAPI {
    func addPluginRoutes(to table: inout RouteTable) {
        // Without an acme plugin configured, every method of these answers nginx's own 404 page.
        for method in ["POST", "PATCH"] {
            table.on(method, "/acme", .other("Certificates over ACME.", body: true)) { _ in .nginxPage(404) }
        }
        table.on("GET", "/acme/certificates", .other("Certificates over ACME.")) { _ in .nginxPage(404) }
        table.on("GET", "/acme/certificates/{host}", .other("A certificate over ACME.")) { _ in .nginxPage(404) }

        table.on("DELETE", "/proxy-cache", .other("Empties the proxy cache.", status: 204)) { _ in
            _ = await node.purgeProxyCache(key: nil, plugin: nil)
            return .noContent
        }
        for path in ["/proxy-cache/{cache_key}", "/proxy-cache/{plugin_id}/caches/{cache_key}"] {
            table.on("GET", path, .other("A cached answer.")) { request in
                guard let key = request.parameters["cache_key"],
                    let entry = await node.proxyCacheEntry(key: key, plugin: request.parameters["plugin_id"])
                else { return .nginxPage(404) }
                return .json(200, entry)
            }
            table.on("DELETE", path, .other("Drops a cached answer.", status: 204)) { request in
                guard let key = request.parameters["cache_key"],
                    await node.purgeProxyCache(key: key, plugin: request.parameters["plugin_id"])
                else { return .nginxPage(404) }
                return .noContent
            }
        }
    }
}
