import KongCore

// `/certificates/{c}` takes an SNI's name too.

extension AdminAPI {
    func addCertificateRules(to table: inout RouteTable) {
        guard let certificates = entity("certificates") else { return }
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            table.wrap(method, Self.member(certificates)) { request, next in
                guard let name = request.parameters[certificates.name], !name.isUUID else {
                    return try await next(request)
                }
                let id = try await store.certificate(named: name)?.id
                var request = request
                if method == "PUT" {
                    // The path's name belongs to the certificate whenever the body lists any.
                    let fields = try input(request, for: certificates).fields
                    if let snis = fields["snis"], !snis.isNull {
                        var names = snis.arrayValue ?? [snis]
                        if !names.contains(.string(name)) { names.append(.string(name)) }
                        request.overrides["snis"] = .array(names)
                    }
                    request.parameters[certificates.name] = id ?? context.newUUID()
                    return try await next(request)
                }
                guard let id else { return .message(404, "SNI not found") }
                request.parameters[certificates.name] = id
                return try await next(request)
            }
        }
    }
}
