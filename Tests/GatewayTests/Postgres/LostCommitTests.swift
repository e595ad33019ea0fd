import Foundation
import KongCore
import KongTesting
import Testing

@Suite("The connection is lost at a COMMIT", .enabled(if: PostgresServer.isInstalled))
struct LostCommitTests {
    private static let server = Result { try PostgresServer() }

    struct Case: Sendable, CustomTestStringConvertible {
        var fault: PostgresLink.Fault
        /// What the client hears, and whether the row is there.
        var status: Int
        var isStored: Bool
        var testDescription: String { "\(fault)" }
    }

    @Test(
        "201 only if it is kept; 503 within pg_timeout if nobody can tell; never twice",
        arguments: [
            // The server can be asked: a lost COMMIT is tried again, a kept one acknowledged.
            Case(fault: .cutBeforeCommit, status: 201, isStored: true),
            Case(fault: .cutAfterCommit, status: 201, isStored: true),
            // No answer comes while the client waits.
            Case(fault: .silentBeforeCommit, status: 503, isStored: false),
            Case(fault: .silentAfterCommit, status: 503, isStored: true),
        ])
    func commit(_ expected: Case) throws {
        let scene = try PostgresScene(server: Self.server.get())
        let gateway = try scene.started(["db_update_frequency": "3600"])
        defer { gateway.discard() }
        try gateway.scene(scene.upstream).route()
        scene.link.set(expected.fault)
        let route: JSONValue = ["name": "lost", "paths": ["/lost"]]
        let began = Clock.now
        let answer = try gateway.admin("POST", "/services/own/routes", route)
        #expect(scene.link.struck == 1, "the fault was not met")
        #expect(answer.status == expected.status, "\(answer)")
        // pg_timeout is one second.
        #expect(Clock.now - began < 5)
        if expected.status == 503 {
            let message = answer.json["message"]?.stringValue ?? ""
            #expect(message.contains("not known, so read it before trying again"), "\(message)")
        }
        // The half-dead transaction does not stand in anybody's way; the server itself would end it after ten seconds.
        try eventually("writes go on", within: 9) {
            try gateway.admin("POST", "/services/own/routes", ["paths": ["/next"]]).status == 201
        }
        let rows = try scene.query("SELECT name FROM routes WHERE name = 'lost'").count
        #expect(rows == (expected.isStored ? 1 : 0))
        try eventually("the proxy has what is stored") {
            try gateway.proxy("GET", "/lost").status == (expected.isStored ? 200 : 404)
        }
        let again = try gateway.admin("POST", "/services/own/routes", route)
        #expect(again.status == (expected.isStored ? 409 : 201), "\(again)")
        try gateway.verify()
    }
}
