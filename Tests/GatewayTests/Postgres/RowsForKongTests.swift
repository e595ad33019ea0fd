import Foundation
import KongCore
import KongTesting
import Testing

@Suite("What is written here, Kong can read", .enabled(if: PostgresServer.isInstalled))
struct RowsForKongTests {
    /// The public key of RFC 7517, appendix A.1.
    private static let key = """
        {"kty":"EC","kid":"k","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",\
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
        """

    @Test("rows carry the workspace, Kong's cache keys, its types of JSON, its tags and times")
    func rows() throws {
        try withPostgres { postgres throws in
            let gateway = try postgres.started()
            let workspace = try postgres.query("SELECT id FROM workspaces")[0]
            let scene = gateway.scene(postgres.upstream)
            let route = try #require(try scene.route(["tags": ["a", "b"]])["id"]?.stringValue)
            let plugin = try #require(
                try scene.plugin("acl", ["allow": [], "deny": ["x"]])["id"]?.stringValue)
            let consumer = try #require(try scene.consumer(groups: ["g"])["id"]?.stringValue)
            try gateway.create("/consumers/own-ann/key-auth", ["key": "short", "ttl": 1000])
            let upstream = try #require(try gateway.create("/upstreams", ["name": "u.test"])["id"]?.stringValue)
            try gateway.create("/upstreams/u.test/targets", ["target": "127.0.0.1:81"])
            try gateway.create("/key-sets", ["name": "set"])
            try gateway.create(
                "/key-sets/set/keys", ["kid": "k", "jwk": .string(Self.key)])

            func expect(_ sql: String, _ wanted: String) throws {
                #expect(try postgres.query(sql) == [wanted], "\(sql)")
            }
            try expect("SELECT cache_key FROM plugins", "plugins:acl:\(route)::::\(workspace)")
            try expect("SELECT cache_key FROM acls", "acls:\(consumer):g::::\(workspace)")
            try expect("SELECT cache_key FROM targets", "targets:\(upstream):127.0.0.1:81::::\(workspace)")
            try expect("SELECT cache_key = 'keys:k:' || set_id FROM keys", "t")
            try expect("SELECT tags FROM tags WHERE entity_id = '\(route)' AND entity_name = 'routes'", "{a,b}")
            try expect("SELECT count(*) FROM tags WHERE entity_id = '\(plugin)' AND tags IS NULL", "1")
            // Empty lists are lists, what nobody set is an explicit null.
            try expect("SELECT config ->> 'allow', jsonb_typeof(config -> 'allow') FROM plugins", "[]|array")
            try expect(
                """
                SELECT jsonb_typeof(healthchecks -> 'active' -> 'headers'), jsonb_typeof(healthchecks -> 'threshold'),
                  healthchecks -> 'active' -> 'healthy' ->> 'http_statuses' FROM upstreams
                """, "null|number|[200, 302]")
            try expect("SELECT protocols FROM routes", "{http,https}")
            try expect(
                "SELECT ttl - now() BETWEEN '990 s' AND '1000 s' FROM keyauth_credentials WHERE key = 'short'", "t")
            try expect("SELECT bool_and(created_at = date_trunc('second', created_at)) FROM routes", "t")
            try expect("SELECT abs(extract(epoch FROM now() - created_at)) < 60 FROM targets", "t")
            for table in [
                "services", "routes", "plugins", "consumers", "acls", "keyauth_credentials", "upstreams", "targets",
                "keys", "key_sets",
            ] {
                try expect("SELECT count(*) > 0, bool_and(ws_id = '\(workspace)') FROM \(table)", "t|t")
            }
            try expect("SELECT count(*) FROM parameters WHERE key = 'cluster_id' AND length(value) = 36", "1")
        }
    }
}
