import KongCore
import Synchronization

extension AdminAPI {
    /// `/openapi.json` cannot clash: no entity's collection has a dot in its name. It stays out of `/endpoints`,
    /// which lists what Kong has.
    func addOpenAPIRoute(to table: inout RouteTable) {
        let documentation = RouteDocumentation.other("This document.")
        table.on("GET", "/openapi.json", documentation, listed: false) { _ in .notFound }
        // Made when it is first asked for: a node starts without it.
        let described = table
        let made = Mutex<[UInt8]?>(nil)
        table.on("GET", "/openapi.json", documentation, listed: false) { _ in
            let body = made.withLock { made in
                let body = made ?? openAPI(of: described).json.serialized()
                made = body
                return body
            }
            return AdminReply(status: 200, contentType: AdminReply.jsonType, body: body)
        }
    }

    func openAPI(of table: RouteTable) -> OpenAPIDocument { OpenAPIDocument(routes: table, entities: entities) }
}
