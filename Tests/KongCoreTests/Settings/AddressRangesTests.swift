import KongCore
import Testing

@Suite("address ranges")
struct AddressRangesTests {
    private let ranges = AddressRanges([
        "10.0.0.0/8", "192.0.2.7", "203.0.113.9/24", "2001:db8::/33", "::1", "unix:", "nonsense", "1.2.3.4/33",
    ])

    @Test(
        "addresses of both families",
        arguments: [
            ("10.255.0.1", true), ("11.0.0.0", false), ("192.0.2.7", true), ("192.0.2.8", false),
            ("203.0.113.200", true), ("2001:db8:7fff::1", true), ("2001:db8:8000::1", false), ("::1", true),
            ("::2", false), ("::ffff:10.0.0.1", false), ("unix:", true), ("1.2.3.4", false), ("", false),
        ])
    func contains(text: String, expected: Bool) {
        #expect(ranges.contains(text: text) == expected)
    }

    @Test("every IPv4 address, and none")
    func ends() {
        #expect(AddressRanges(["0.0.0.0/0"]).contains(text: "255.255.255.255"))
        #expect(!AddressRanges(["0.0.0.0/0"]).contains(text: "::"))
        #expect(AddressRanges([]).isEmpty)
    }
}
