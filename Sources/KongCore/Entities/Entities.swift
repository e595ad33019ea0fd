/// Every kind of entity.
public enum Entities {
    /// In dependency order: an entity comes after those it refers to.
    public static let all: [EntitySchema] = [
        .workspaces, .parameters, .certificates, .caCertificates, .services, .upstreams, .consumers, .keySets, .keys,
        .vaults, .routes, .snis, .targets, .plugins, .filterChains, .acls, .acmeStorage, .basicauthCredentials,
        .hmacauthCredentials, .jwtSecrets, .keyauthCredentials, .oauth2Credentials, .oauth2AuthorizationCodes,
        .oauth2Tokens, .ratelimitingMetrics, .sessions, .tags, .clusteringDataPlanes,
    ]

    private static let byName: [String: EntitySchema] = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    private static let byAdminName: [String: EntitySchema] = Dictionary(
        all.map { ($0.adminName, $0) }, uniquingKeysWith: { _, last in last })

    /// The schema of an entity by its plural name: `"keyauth_credentials"`.
    public static func named(_ name: String) -> EntitySchema? { byName[name] }

    /// The schema of an entity by its collection in a path: `"key-auths"`.
    public static func adminNamed(_ name: String) -> EntitySchema? { byAdminName[name] }
}
