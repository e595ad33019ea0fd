import Testing

@testable import KongCore

@Suite("Settings")
struct SettingsTests {
    @Test("nothing given: every default is valid and database is sqlite")
    func defaults() throws {
        let settings = try Settings.load()
        #expect(settings.database == "sqlite")
        #expect(settings.prefix == "/usr/local/kong")
        #expect(settings.proxyListen.map(\.address) == ["0.0.0.0:8000", "0.0.0.0:8443"])
        #expect(settings.adminListen[1].isTLS && settings.adminListen[1].isHTTP2)
        #expect(settings.warnings.isEmpty)
    }

    @Test("precedence: file, then environment, then overrides")
    func precedence() throws {
        let settings = try Settings.load(
            file: "log_level = info\nproxy_access_log = a # comment\npg_user = x\\#y\n",
            environment: ["KONG_LOG_LEVEL": "debug", "KONG_PREFIX": "from-env"], overrides: ["prefix": "over/../here"],
            workingDirectory: "/srv")
        #expect(settings.logLevel == "debug")
        #expect(settings.string("proxy_access_log") == "a")
        #expect(settings.string("pg_user") == "x#y")
        #expect(settings.prefix == "/srv/here")
    }

    @Test("a misspelt property is reported with the nearest known one")
    func misspelt() throws {
        let settings = try Settings.load(
            file: "\nproxy_lisen = off\n", environment: ["KONG_LOG_LEVL": "info", "KONG_SHA256": "x"])
        #expect(
            settings.warnings == [
                "unknown property 'proxy_lisen', did you mean 'proxy_listen'? (line 2)",
                "unknown property 'log_levl', did you mean 'log_level'? (environment variable KONG_LOG_LEVL)",
            ])
    }

    @Test("properties without effect are reported in one line, unless they hold their default")
    func inert() throws {
        let settings = try Settings.load(file: "mem_cache_size = 64m\nlua_package_path = ./x\ndb_cache_ttl = 0")
        #expect(settings.warnings.count == 1)
        #expect(settings.warnings[0].hasPrefix("properties without effect here: lua_package_path ("))
        #expect(!settings.warnings[0].contains("db_cache_ttl"))
    }

    @Test("every violation is collected, with Kong's messages")
    func violations() {
        let file = """
            log_level = loud
            pg_port = many
            proxy_listen = nonsense
            ssl_cert = /a.crt
            trusted_ips = 10.0.0.0/8, nope
            worker_state_update_frequency = 0
            tracing_instrumentations = off, all
            node_id = 1
            port_maps = 80
            """
        let error = #expect(throws: SettingsError.self) { try Settings.load(file: file) }
        let violations = error?.violations ?? []
        let levels = "debug, info, notice, warn, error, crit, alert, emerg"
        #expect(violations.contains("log_level has an invalid value: 'loud' (\(levels))"))
        #expect(violations.contains("pg_port is not a number: 'many'"))
        #expect(violations.contains { $0.hasPrefix("proxy_listen must be of form: [off] | <ip>:<port> [ssl] [http2]") })
        #expect(violations.contains("ssl_cert_key must be specified"))
        #expect(violations.contains { $0.hasPrefix("trusted_ips must be") && $0.hasSuffix("got 'nope'") })
        #expect(violations.contains("worker_state_update_frequency must be greater than 0"))
        #expect(violations.contains("invalid tracing types: off, other types are mutually exclusive"))
        #expect(violations.contains("node_id must be a valid UUID"))
        #expect(violations.contains("invalid port mapping (`port_maps`): 80"))
    }

    @Test("aliases fill the new name only when that is not given")
    func aliases() throws {
        let settings = try Settings.load(
            environment: ["KONG_NGINX_USER": "root root", "KONG_NGINX_DAEMON": "on", "KONG_NGINX_MAIN_DAEMON": "off"])
        #expect(settings.string("nginx_main_user") == "root root")
        #expect(settings.string("nginx_main_daemon") == "off")
    }

    @Test("directives: injected, removed by NONE, sorted, without Lua's")
    func directives() throws {
        let settings = try Settings.load(
            environment: [
                "KONG_NGINX_HTTP_GZIP": "on", "KONG_NGINX_HTTP_CHARSET": "NONE",
                "KONG_NGINX_HTTP_LUA_SHARED_DICT": "a 1m",
                "KONG_SSL_CIPHER_SUITE": "modern",
            ])
        let names = settings.directives[.http]?.map(\.name) ?? []
        #expect(names == names.sorted() && names.contains("gzip"))
        #expect(!names.contains("charset") && !names.contains { $0.hasPrefix("lua_") })
        #expect(settings.directives[.http]?.contains(NginxDirective(name: "ssl_protocols", value: "TLSv1.3")) == true)
    }

    @Test("references are resolved from the environment, and kept as references in what was given")
    func vault() throws {
        let environment = ["DB_PASS": "s3cret", "JSON": #"{"user":"me"}"#]
        let settings = try Settings.load(
            file: "pg_password = {vault://env/db-pass}\npg_user={vault://env/json/user}", environment: environment)
        #expect(settings.string("pg_password") == "s3cret")
        #expect(settings.string("pg_user") == "me")
        #expect(settings.given["pg_password"] == "{vault://env/db-pass}")
        #expect(settings.publicJSON()["pg_password"] == .string("******"))
    }

    @Test("a reference without a value is a violation that names the property")
    func danglingReference() {
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(file: "ssl_cert = a, {vault://env/none}\nssl_cert_key = a,b")
        }
        #expect(
            error?.description
                == "failed to dereference '{vault://env/none}': unable to load value (none) from vault (env): "
                + "value not found for config option 'ssl_cert[2]'")
    }

    @Test("sizes", arguments: [("64", 64), ("8k", 8192), ("2048m", 2_147_483_648), ("1g", 1 << 30)])
    func sizes(text: String, bytes: Int) { #expect(Settings.bytes(text) == bytes) }

    @Test("the file written for a running node reads back the same")
    func roundTrip() throws {
        let text = SettingsText.print(["a": "x # y", "b": "1, 2"])
        #expect(SettingsText.parse(text).map(\.value) == ["x # y", "1, 2"])
    }

    @Test("no property is declared twice, every default parses, every doc is one short line")
    func declarations() {
        #expect(Set(Properties.all.map(\.name)).count == Properties.all.count)
        for property in Properties.all {
            #expect(!property.doc.isEmpty && property.doc.utf8.count <= 110, "\(property.name)")
            if let text = property.defaultText { #expect(SettingValue(text, kind: property.kind) != nil) }
        }
    }
}
