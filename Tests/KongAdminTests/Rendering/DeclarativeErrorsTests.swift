import Foundation
import KongAdmin
import KongCore
import KongPlugins
import Testing

@Suite("errors of a declarative file")
struct DeclarativeErrorsTests {
    private func errors(_ text: String) throws -> [String] {
        let context = SchemaContext(plugins: BundledPlugins(), enabledPlugins: ["key-auth"], now: { 1_700_000_000 })
        let value = try DeclarativeLoader.value(of: .text(text))
        guard let error = Self.error(in: value, context) else { return [] }
        return DeclarativeErrors.text(error, source: text, file: "kong.yml").split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    private static func error(in value: JSONValue, _ context: SchemaContext) -> DataError? {
        do throws(DataError) {
            _ = try DeclarativeConfiguration(value, context)
            return nil
        } catch {
            return error
        }
    }

    @Test("every one of them, each with its line and column")
    func places() throws {
        let found = try errors(
            """
            _format_version: "3.0"
            services:
            - name: a
              host: h
              routes:
              - name: r
                path: [/x]
                hosts: [h]
              - name: r2
                paths:
                - nope
            - {name: a, host: h}
            - name: b
              prot: http
              host: h
            plugins:
            - name: keyauth
            foo: 1
            """)
        for line in [
            "in 'foo': unknown field (kong.yml:18:1)",
            "in 'name': plugin 'keyauth' not enabled; add it to the 'plugins' configuration property (did you mean "
                + "'key-auth'?) (kong.yml:17:3)",
            "in 'path': unknown field (did you mean 'paths'?) (kong.yml:7:5)",
            "- in entry 1 of 'paths': should start with: / (fixed path) or ~/ (regex path) (kong.yml:11:7)",
            "- in entry 2 of 'services': uniqueness violation: 'services' entity with name set to 'a' already declared "
                + "(kong.yml:12:3)",
            "in 'prot': unknown field (did you mean 'protocol'?) (kong.yml:14:3)",
        ] {
            #expect(found.contains(line), "\(line)")
        }
    }

    @Test("JSON has places too; what is absent is placed at its parent")
    func json() throws {
        let found = try errors("{\"_format_version\": \"3.0\",\n \"services\": [{\"name\": \"a\"}]}")
        #expect(found.last == "in 'host': required field missing (kong.yml:2:15)")
    }

    @Test("a text that does not parse says where")
    func syntax() {
        #expect { try DeclarativeLoader.value(of: .text("a: [1,\nb: 2")) } throws: { error in
            (error as? DataError)?.fields?["error"]?.stringValue?.contains("3:1: ") == true
        }
    }
}
