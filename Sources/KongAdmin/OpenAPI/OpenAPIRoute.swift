import KongCore

extension AdminAPI {
    func addOpenAPIRoute(to table: inout RouteTable) {}
}
