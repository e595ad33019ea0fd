import KongCore
import Testing

/// Texts recorded from Kong 3.9.3.
@Suite struct EntityValidationTests {
    @Test("a service without a host is refused")
    func serviceHost() {
        #expect(message("services", ["name": "s1"]) == "schema violation (host: required field missing)")
    }

    @Test(
        "hosts of services",
        arguments: [
            ("a.test:80", "must not have a port"), ("10.0.0.1:80", "must not have a port"),
            ("", "length must be at least 1"), ("a b", "invalid value: a b"), ("a..test", "invalid value: a..test"),
            ("*.test", "invalid value: *.test"), ("unix:/x", "invalid value: unix:/x"),
            ("ä.test", "invalid value: ä.test"),
            ("{vault://env/h}", "invalid value: {vault://env/h}"),
        ])
    func hosts(host: String, error: String) {
        #expect(message("services", ["host": .string(host)]) == "schema violation (host: \(error))")
    }

    @Test(
        "hosts of routes that are accepted",
        arguments: [
            "a.test", "A.Test", "*.a.test", "a.*", "a.test:80", "*.a.test:90", "10.0.0.1", "::1", "a_b",
        ])
    func routeHosts(host: String) {
        #expect(message("routes", ["hosts": [.string(host)]]) == nil)
    }

    @Test("url expands to protocol, host, port and path")
    func url() throws {
        let service = try #require(record("services", ["url": "https://a.test/x"]))
        #expect(service["protocol"] == "https" && service["host"] == "a.test")
        #expect(service["port"] == 443 && service["path"] == "/x")
        #expect(
            message("services", ["url": "foo"])
                == "2 schema violations (host: required field missing; path: should start with: /)")
    }

    @Test("tags: empty containers are empty sets, repetitions vanish")
    func tags() {
        #expect(record("services", ["host": "a.test", "tags": ["b", "a", "b"]])?["tags"] == ["b", "a"])
        #expect(record("services", ["host": "a.test", "tags": [:]])?["tags"] == [])
        #expect(
            message("services", ["host": "a.test", "tags": ["x": "a"]]) == "schema violation (tags: expected a set)")
        #expect(
            message("services", ["host": "a.test", "tags": ["ok", .null]])
                == "schema violation (tags.2: required field missing)")
        #expect(
            message("services", ["host": "a.test", "tags": ["a,b"]]) == "schema violation (tags.1: invalid tag 'a,b': "
                + "expected printable ascii (except `,` and `/`) or valid utf-8 sequences)")
    }

    @Test("defaults and automatic fields are filled in")
    func defaults() throws {
        let service = try #require(record("services", ["host": "a.test"]))
        #expect(service["id"] == "11111111-1111-4111-8111-111111111111")
        #expect(service["created_at"] == 1_700_000_000 && service["updated_at"] == 1_700_000_000)
        #expect(service["retries"] == 5 && service["name"] == .null && service["tags"] == .null)
        let target = try #require(
            record("targets", ["target": "A.test", "upstream": ["id": "11111111-1111-4111-8111-111111111111"]]))
        #expect(target["created_at"] == .number(1_700_000_000.123) && target["target"] == "A.test:8000")
    }

    @Test(
        "a path that is not normal is refused with its normal form",
        arguments: [
            ("/a/../b", "/b"), ("/a/./b", "/a/b"), ("/%7Ea", "/~a"), ("/a%2fb", "/a%2Fb"),
        ])
    func paths(path: String, normal: String) {
        #expect(
            message("routes", ["paths": [.string(path)]])
                == "schema violation (paths.1: non-normalized path, consider use '\(normal)' instead)")
    }

    @Test("errors of elements stand at their place, null elsewhere")
    func elementErrors() {
        guard case .failure(let violations) = outcome("routes", ["paths": ["/a", "x", "/b//c"]]) else {
            Issue.record("accepted")
            return
        }
        let error: JSONValue = "should start with: / (fixed path) or ~/ (regex path)"
        #expect(violations.fields["paths"] == [.null, error, "must not have empty segments"])
    }

    @Test("routes need something to match by, and streams refuse paths")
    func routeSubschemas() {
        #expect(
            message("routes", [:])
                == "schema violation (must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' "
                + "when 'protocols' is 'https')")
        #expect(
            message("routes", ["protocols": ["tcp"], "paths": ["/x"]])
                == "2 schema violations (must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', "
                + "'tls' or 'udp'; paths: cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or "
                + "'udp')")
        #expect(
            message("routes", ["protocols": ["http", "tcp"], "paths": ["/"]])
                == "schema violation (protocols: these sets "
                + "are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp'))")
        #expect(
            message("routes", ["protocols": ["http"], "snis": ["a.test"]])
                == "3 schema violations ('snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or "
                + "'tls_passthrough'; must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is "
                + "'http'; snis: length must be 0)")
    }

    @Test(
        "members of a JSON web key",
        arguments: [
            (#"{"kid":"a","kty":"RSA","n":"A","e":"A"}"#, nil),
            (#"{"kid":"a","kty":"RSA","x5c":["A"],"key_ops":["sign"],"x5t#S256":"A"}"#, nil),
            ("{", "could not json decode jwk string"), (#""a""#, "kid in jwk.kid must be equal to keys.kid"),
            (#"{"kid":"b"}"#, "kid in jwk.kid must be equal to keys.kid"),
            (#"{"kid":"a","unheard":1}"#, "schema violation (unheard: unknown field)"),
            (#"{"kid":"a","n":1,"alg":""}"#, "schema violation (alg: length must be at least 1; n: expected a string)"),
            (#"{"kid":"a","x5c":[1]}"#, "schema violation (x5c: schema violation (expected a string))"),
            (#"{"kid":"a","x5c":"A"}"#, "schema violation (x5c: expected an array)"),
        ])
    func webKeys(text: String, error: String?) {
        let refusal = error.map { "schema violation (\($0))" }
        #expect(message("keys", ["kid": "a", "jwk": .string(text)]) == refusal)
    }

    @Test("foreign keys must be primary keys")
    func foreign() {
        #expect(
            message("routes", ["paths": ["/a"], "service": ["id": "x"]])
                == "schema violation (service.id: expected a valid UUID)")
        #expect(
            message("routes", ["paths": ["/a"], "service": "zzz"])
                == "schema violation (service.id: missing primary key)")
    }

    @Test("consumers need a name of either kind")
    func consumers() {
        #expect(
            message("consumers", [:])
                == "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')")
    }

    @Test("upstreams: hash inputs ask for their fields, the algorithm follows")
    func upstreams() {
        #expect(
            message("upstreams", ["name": "u", "hash_on": "header"])
                == "2 schema violations (failed conditional validation given value of field 'hash_on'; "
                + "hash_on_header: required field missing)")
        #expect(
            message("upstreams", ["name": "bad name"])
                == "schema violation (name: Invalid name ('bad name'); must be a valid hostname)")
        #expect(record("upstreams", ["name": "u", "hash_on": "ip"])?["algorithm"] == "consistent-hashing")
        #expect(record("upstreams", ["name": "u", "algorithm": "latency"])?["hash_on"] == "none")
        let checks = record("upstreams", ["name": "u", "healthchecks": ["active": ["type": "tcp"]]])?["healthchecks"]
        #expect(checks?["active"]?["concurrency"] == 10 && checks?["passive"]?["unhealthy"]?["timeouts"] == 0)
        #expect(checks?["threshold"] == 0)
    }

    @Test("vaults: prefix and type")
    func vaults() {
        let config: JSONObject = ["name": "env", "config": [:]]
        #expect(
            message("vaults", config.merging(["prefix": "Env"]) { $1 })
                == "schema violation (prefix: invalid value: Env)")
        #expect(
            message("vaults", config.merging(["prefix": "env"]) { $1 })
                == "schema violation (prefix: must not be one of: env)")
        #expect(
            message("vaults", ["prefix": "my", "name": "x"]) == "schema violation (name: vault 'x' is not installed)")
        #expect(record("vaults", ["prefix": "my-env", "name": "env"])?["config"] == ["prefix": .null])
    }

    @Test("basic-auth: the password is hashed with the consumer, and needs it")
    func basicAuth() {
        let consumer: JSONValue = ["id": "11111111-1111-4111-8111-111111111111"]
        let stored = record("basicauth_credentials", ["username": "u", "password": "p", "consumer": consumer])
        #expect(stored?["password"] == .string(SHA1.hex("p11111111-1111-4111-8111-111111111111")))
        #expect(
            message("basicauth_credentials", ["username": "u", "password": "p"])
                == "2 schema violations (all or none of these fields must be set: 'password', 'consumer.id'; "
                + "consumer: required field missing)")
    }
}
