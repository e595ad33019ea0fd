import KongCore
import Testing

private let a = "11111111-1111-4111-8111-111111111111"
private let b = "22222222-1111-4111-8111-222222222222"
private let c = "33333333-1111-4111-8111-333333333333"
private let d = "44444444-1111-4111-8111-444444444444"

/// Loads a file with these members; the format version is added.
private func load(
    _ members: JSONObject, flatten: Bool = false, version: JSONValue = "3.0"
) -> Result<DeclarativeConfiguration, DataError> {
    var context = SchemaContext.fixture
    context.newUUID = { RandomText.uuid() }
    let file = JSONValue.object(members.merging(["_format_version": version]) { old, _ in old })
    do throws(DataError) {
        return .success(try DeclarativeConfiguration(file, context, flattenErrors: flatten))
    } catch {
        return .failure(error)
    }
}

private func fields(_ members: JSONObject) -> JSONObject? {
    if case .failure(let error) = load(members) { error.fields } else { nil }
}

/// Shapes recorded from Kong 3.9.3.
@Suite struct DeclarativeTests {
    @Test("nested children refer to their parents")
    func nested() throws {
        let configuration = try load([
            "services": [
                [
                    "id": .string(a), "name": "s", "host": "a.test",
                    "plugins": [["id": .string(b), "name": "key-auth"]],
                    "routes": [["id": .string(c), "name": "r", "paths": ["/a"]]],
                ]
            ]
        ]).get()
        #expect(configuration.entries.map(\.entity) == ["services", "routes", "plugins"])
        #expect(configuration.entries[1].record["service"] == ["id": .string(a)])
        #expect(configuration.entries[2].record["service"] == ["id": .string(a)])
    }

    @Test("names stand for ids, and ids do not change")
    func references() throws {
        let members: JSONObject = [
            "services": [["name": "s", "host": "a.test"]], "routes": [["name": "r", "paths": ["/"], "service": "s"]],
        ]
        let first = try load(members).get().entries
        #expect(first[1].record["service"]?["id"] == first[0].record["id"])
        #expect(try load(members).get().entries[0].record["id"] == first[0].record["id"])
        #expect(first[0].record["id"]?.stringValue?.dropFirst(14).first == "5")
    }

    @Test("annotations are ignored, other names that begin with a line are not")
    func annotations() throws {
        let commented: JSONObject = [
            "_comment": "hello", "_ignore": [["anything": 1]],
            "services": [["name": "s", "host": "a.test", "_comment": "x", "_ignore": [1]]],
        ]
        #expect(try load(commented).get().entries.count == 1)
        #expect(fields(["_info": ["a": 1]]) == ["_info": "unknown field"])
        #expect(fields(["_workspace": "default"]) == ["_workspace": "unknown field"])
    }

    @Test("errors mirror the input")
    func errors() {
        #expect(fields(["services": [["name": "s"]]]) == ["services": [["host": "required field missing"]]])
        #expect(fields(["bogus": [["a": 1]]]) == ["bogus": "unknown field"])
        #expect(
            fields(["services": [["name": "s", "host": "a.test"], ["name": "t"]]])
                == ["services": [.null, ["host": "required field missing"]]])
        #expect(
            fields([
                "services": [["name": "s", "host": "a", "routes": [["protocols": ["http"]]]]],
                "consumers": [["tags": []]],
            ])
                == [
                    "consumers": [
                        ["@entity": ["at least one of these fields must be non-empty: 'custom_id', 'username'"]]
                    ],
                    "services": [
                        [
                            "routes": [
                                [
                                    "@entity": [
                                        "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"
                                    ]
                                ]
                            ]
                        ]
                    ],
                ])
    }

    @Test("format versions")
    func versions() {
        guard case .failure(let error) = load([:], version: "9.9") else {
            Issue.record("accepted")
            return
        }
        #expect(error.fields == ["_format_version": "expected one of: 1.1, 2.1, 3.0"])
        #expect(error.message == #"declarative config is invalid: {_format_version="expected one of: 1.1, 2.1, 3.0"}"#)
    }

    @Test("before 3.0 paths that look like expressions are expressions")
    func migration() throws {
        let members: JSONObject = [
            "services": [["name": "s", "host": "a.test", "routes": [["paths": [#"/a/\d+"#, "/b"]]]]]
        ]
        let entries = try load(members, version: "2.1").get().entries
        #expect(entries[1].record["paths"] == [#"~/a/\d+"#, "/b"])
    }

    @Test("nothing is declared twice")
    func uniqueness() {
        let service: JSONObject = ["id": .string(a), "name": "s", "host": "a.test"]
        #expect(
            fields(["services": [.object(service), .object(service.merging(["name": "t"]) { $1 })]])
                == [
                    "services": [
                        .null,
                        "uniqueness violation: 'services' entity with primary key set to '\(a)' already declared",
                    ]
                ])
        #expect(
            fields(["services": [.object(service), .object(service.merging(["id": .string(b)]) { $1 })]])
                == [
                    "services": [
                        .null, "uniqueness violation: 'services' entity with name set to 's' already declared",
                    ]
                ])
        #expect(
            fields([
                "consumers": [
                    ["id": .string(a), "username": "x", "keyauth_credentials": [["id": .string(c), "key": "k"]]],
                    ["id": .string(b), "username": "y", "keyauth_credentials": [["id": .string(d), "key": "k"]]],
                ]
            ]) == [
                "keyauth_credentials": [
                    "uniqueness violation: 'keyauth_credentials' entity with key set to 'k' already declared"
                ]
            ])
        #expect(
            fields([
                "consumers": [
                    ["id": .string(a), "username": "x", "custom_id": "c"],
                    ["id": .string(b), "username": "y", "custom_id": "c"],
                ]
            ]) == [
                "consumers": [
                    "y": "uniqueness violation: 'consumers' entity with custom_id set to 'c' already declared"
                ]
            ])
        let targets: JSONValue = [
            ["id": .string(b), "target": "a.test:80"], ["id": .string(c), "target": "a.test:80"],
        ]
        #expect(fields(["upstreams": [["id": .string(a), "name": "u", "targets": targets]]]) == nil)
    }

    @Test("references must lead somewhere")
    func danglingReferences() {
        #expect(
            fields(["routes": [["name": "r1", "paths": ["/"], "service": "zz"]]])
                == ["routes": ["r1": ["invalid reference 'service: zz' (no such entry in 'services')"]]])
    }

    @Test("flattened errors stand beside their entities")
    func flattened() {
        func flat(_ members: JSONObject) -> [JSONValue]? {
            guard case .failure(let error) = load(members, flatten: true) else { return nil }
            #expect(error.fields == [:] && error.message == "declarative config is invalid: {}")
            return error.flattenedErrors
        }
        #expect(
            flat(["upstreams": [["id": .string(a), "name": "u", "hash_on": "ip", "hash_fallback": "ip"]]]) == [
                [
                    "entity_type": "upstream", "entity_name": "u", "entity_id": .string(a),
                    "entity": ["id": .string(a), "hash_fallback": "ip", "hash_on": "ip", "name": "u"],
                    "errors": [
                        [
                            "field": "hash_fallback", "type": "field",
                            "message": "expected one of: none, consumer, header, cookie, path, query_arg, uri_capture",
                        ],
                        ["message": "failed conditional validation given value of field 'hash_on'", "type": "entity"],
                    ],
                ]
            ])
        #expect(
            flat([
                "services": [
                    ["id": .string(a), "name": "s", "host": "a.test"],
                    ["id": .string(a), "name": "t", "host": "a.test"],
                ]
            ]) == [
                [
                    "entity_type": "service", "entity_name": "t", "entity_id": .string(a),
                    "entity": ["id": .string(a), "name": "t", "host": "a.test"],
                    "errors": [
                        [
                            "type": "entity",
                            "message":
                                "uniqueness violation: 'services' entity with primary key set to '\(a)' already declared",
                        ]
                    ],
                ]
            ])
        #expect(
            flat(["services": [["name": "s", "host": "a.test", "routes": [["name": "r", "paths": ["x"]]]]]]) == [
                [
                    "entity_type": "route", "entity_name": "r", "entity": ["name": "r", "paths": ["x"]],
                    "errors": [
                        [
                            "type": "field", "field": "paths.1",
                            "message": "should start with: / (fixed path) or ~/ (regex path)",
                        ]
                    ],
                ]
            ])
    }

    @Test("secrets are hashed unless the file says that they are")
    func transform() throws {
        var members: JSONObject = [
            "consumers": [
                ["id": .string(a), "username": "x", "basicauth_credentials": [["username": "u", "password": "p"]]]
            ]
        ]
        func password() throws -> JSONValue? {
            var context = SchemaContext.fixture
            context.enabledPlugins.insert("basic-auth")
            members["_format_version"] = "3.0"
            return try DeclarativeConfiguration(.object(members), context).entries.last?.record["password"]
        }
        #expect(try password() == .string(SHA1.hex("p" + a)))
        members["_transform"] = false
        #expect(try password() == "p")
    }

    @Test("an export reads back")
    func export() throws {
        let entries = try load(["services": [["name": "s", "host": "a.test", "routes": [["paths": ["/"]]]]]]).get()
            .entries
        let lists = entries.map { (entity: $0.entity, records: [$0.record]) }
        let file = DeclarativeExport.file(lists)
        #expect(file.map(\.key) == ["_format_version", "_transform", "services", "routes"])
        let tree = JSONValue.object(JSONObject(file.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }))
        #expect(tree["routes"]?.arrayValue?.first?["service"] == entries[0].record["id"])
        let again = try DeclarativeConfiguration(tree, .fixture)
        #expect(again.entries.map(\.record["id"]) == entries.map(\.record["id"]))
    }

    @Test(
        "what is no configuration is refused without a trap",
        arguments: [
            "[]", "5", "null", #"{"_format_version":3}"#, #"{"services":5}"#, #"{"services":{"a":1}}"#,
            #"{"services":[1,null]}"#,
            #"{"services":[{"routes":{"a":1},"host":[]}]}"#, #"{"plugins":[{"name":5}]}"#,
            #"{"routes":[{"service":{"x":1}}]}"#,
            #"{"certificates":[{"snis":["a",5,{"name":[]}]}]}"#,
        ])
    func hostile(text: String) throws {
        #expect(throws: DataError.self) { try DeclarativeConfiguration(JSONValue(parsing: text), .fixture) }
    }
}
