import KongPDK
import Testing

@Suite("Identities", .timeLimit(.minutes(1)))
struct IdentityTests {
    init() { LoopThread.started }

    @Test("a key is looked up once, until a credential or a consumer changes")
    @Worker func cached() async throws {
        let identities = EntityCache<Identity<TicketCredential>>(slots: 16)
        let rows = TicketRows()
        for _ in 0..<3 {
            let identity = try identities.find(Array("A1".utf8), rows)
            #expect(identity?.credential.credential.id == TicketRows.ticket)
            #expect(identity?.consumer?.username == Array("alice".utf8))
        }
        #expect(rows.lookups == ["ticket_credentials.number=A1", "consumers"])
        for entity in ["ticket_credentials", "consumers"] {
            rows.lookups = []
            rows.generations[EntityKind(entity), default: 0] += 1
            #expect(try identities.find(Array("A1".utf8), rows) != nil)
            #expect(rows.lookups.count == 2, "after a change of \(entity)")
        }
    }

    @Test("a key that is nobody's is looked up once, too")
    @Worker func absent() async throws {
        let identities = EntityCache<Identity<TicketCredential>>(slots: 16)
        let rows = TicketRows()
        for _ in 0..<3 { #expect(try identities.find(Array("B2".utf8), rows) == nil) }
        #expect(rows.lookups == ["ticket_credentials.number=B2"])
    }

    @Test("a credential whose consumer is gone is found, without one")
    @Worker func orphan() async throws {
        let rows = TicketRows()
        rows.hasConsumer = false
        let identity = try EntityCache<Identity<TicketCredential>>(slots: 16).find(Array("A1".utf8), rows)
        #expect(identity != nil && identity?.consumer == nil)
    }
}
