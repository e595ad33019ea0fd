import Foundation
import KongCore
import KongTesting
import Testing

@Suite("kong config: init, parse, db_import, db_export")
struct ConfigCommandTests {
    @Test("init writes a file that parses, and never over another")
    func initial() throws {
        let gateway = try Gateway()
        defer { gateway.discard() }
        let file = gateway.folder + "/kong.yml"
        #expect(try gateway.kong(["config", "init", file]).status == 0)
        let parsed = try gateway.kong(["config", "parse", file])
        #expect(parsed.status == 0 && parsed.output.contains("parse successful"), "\(parsed.text)")
        let again = try gateway.kong(["config", "init", file])
        #expect(again.status == 1 && again.text.contains("already exists"), "\(again.text)")
    }

    @Test("a long import shows how far it is; a running node serves it; the export is the same configuration")
    func roundTrip() throws {
        try withGateway { gateway, upstream throws in
            let consumers = (0..<2500).map { number -> JSONValue in
                ["username": .string("c\(number)"), "keyauth_credentials": [["key": .string("k\(number)")]]]
            }
            let document: JSONValue = [
                "_format_version": "3.0", "consumers": .array(consumers),
                "services": [
                    [
                        "name": "own", "url": .string("http://127.0.0.1:\(upstream.port)"),
                        "routes": [["name": "all", "paths": ["/"], "plugins": [["name": "key-auth"]]]],
                    ]
                ],
            ]
            let file = gateway.folder + "/many.json"
            #expect(File.write(String(decoding: document.serialized(), as: UTF8.self), to: file))
            let imported = try gateway.kong(["config", "db_import", file], timeout: 60)
            #expect(imported.status == 0 && imported.output.contains("import successful"), "\(imported.text)")
            #expect(imported.errors.contains("imported 1000 of 5003"), "\(imported.errors)")
            #expect(imported.errors.contains("imported 5003 of 5003"))
            try eventually("the node takes it over") {
                try gateway.proxy("GET", "/", ["apikey": "k2499"]).status == 200
            }
            let export = gateway.folder + "/export.yml"
            #expect(try gateway.kong(["config", "db_export", export]).status == 0)
            #expect(try gateway.kong(["config", "db_export", export]).status == 1)
            #expect(try gateway.kong(["config", "parse", export]).status == 0)
            // Into an empty store, and out again: nothing is lost, nothing is added; an import is an update.
            func lines(_ file: String) -> [Substring] {
                File.text(file).split(separator: "\n").filter { !$0.contains("updated_at: ") }
            }
            let other = try Gateway()
            defer { other.discard() }
            #expect(try other.kong(["config", "db_import", export], timeout: 60).status == 0)
            let second = other.folder + "/export.yml"
            #expect(try other.kong(["config", "db_export", second]).status == 0)
            #expect(lines(second) == lines(export) && lines(second).count > 20_000)
            #expect(File.text(second).contains("k2499"))
        }
    }

    @Test("a file with errors: each is listed with its place, and nothing of it is imported")
    func invalid() throws {
        try withGateway { gateway, _ throws in
            let file = gateway.folder + "/bad.yml"
            let text = """
                _format_version: "3.0"
                services:
                - name: good
                  host: a.test
                - name: bad
                  host: a.test
                  port: 70000
                  retriez: 3
                """
            #expect(File.write(text, to: file))
            for verb in ["parse", "db_import"] {
                let done = try gateway.kong(["config", verb, file])
                #expect(done.status == 1)
                #expect(done.text.contains("bad.yml:7:") && done.text.contains("bad.yml:8:"), "\(done.text)")
                #expect(done.text.contains("retries"), "the nearest name: \(done.text)")
            }
            #expect(try gateway.configure("GET", "/services")["data"] == [])
        }
    }
}
