import KongCore

extension AdminAPI {
    /// `/openapi.json` cannot clash: no entity's collection has a dot in its name. It stays out of `/endpoints`,
    /// which lists what Kong has.
    func addOpenAPIRoute(to table: inout RouteTable) {
        let documentation = RouteDocumentation.other("This document.")
        table.on("GET", "/openapi.json", documentation, listed: false) { _ in .notFound }
        let body = openAPI(of: table).json.serialized()
        table.on("GET", "/openapi.json", documentation, listed: false) { _ in
            AdminReply(status: 200, contentType: AdminReply.jsonType, body: body)
        }
    }

    func openAPI(of table: RouteTable) -> OpenAPIDocument { OpenAPIDocument(routes: table, entities: entities) }
}
