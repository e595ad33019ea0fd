import KongCore
import KongStore

// `/clustering`: the data planes that a control plane has seen (admin-api 13).

extension AdminAPI {
    func addClusteringRoutes(to table: inout RouteTable) {
        let list = RouteDocumentation.other("Data planes of a control plane.", query: ["size", "offset"])
        let status = RouteDocumentation.other("Data planes of a control plane; deprecated.")
        guard configuration.role == .controlPlane, let planes = entity("clustering_data_planes") else {
            table.on("GET", "/clustering/data-planes", list) { _ in Self.controlPlaneOnly }
            table.on("GET", "/clustering/status", status) { _ in Self.controlPlaneOnly }
            return
        }
        table.on("GET", "/clustering/data-planes", list) { request in
            let page = try await store.page(planes.name, try listRequest(request, planes, parent: nil))
            return .page(page.data.map { shown(planes, $0) }, offset: page.offset) {
                "/clustering/data-planes?offset=\($0)"
            }
        }
        table.on("GET", "/clustering/status", status) { _ in
            var nodes = JSONObject()
            try await store.forEachPage(planes.name) { page in
                for plane in page {
                    guard let id = plane.id else { continue }
                    nodes[id] = .object(
                        plane.filter { ["config_hash", "hostname", "ip", "last_seen"].contains($0.key) })
                }
                return true
            }
            var reply = AdminReply.json(200, .object(nodes))
            reply.headers = [("Deprecation", "true")]
            return reply
        }
    }
}
