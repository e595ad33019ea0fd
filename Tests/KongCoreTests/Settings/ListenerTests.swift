import Testing

@testable import KongCore

@Suite("Listeners")
struct ListenerTests {
    @Test(
        "accepted forms",
        arguments: [
            "127.0.0.1:80", "0.0.0.0:8443 http2 ssl reuseport backlog=16384", "[::1]:80 ipv6only=on", "name.test:80",
            "127.0.0.1:80 so_keepalive=30m::10", "127.0.0.1:80 deferred bind proxy_protocol",
        ])
    func accepted(text: String) { #expect(Listener(text, .http)?.text == text) }

    @Test(
        "refused forms",
        arguments: [
            "", "80", "127.0.0.1", "300.0.0.1:80", "127.0.0.1:80 udp", "127.0.0.1:99999", "[::g]:80", "a b:80",
            "127.0.0.1:80 backlog=x", "127.0.0.1:80 ssl;include",
        ])
    func refused(text: String) { #expect(Listener(text, .http) == nil) }

    @Test("off is no listener, and udp belongs to stream")
    func offAndUDP() {
        #expect(Listener.parse(["off"], .http) == [])
        #expect(Listener.parse(["127.0.0.1:53 udp"], .stream)?.count == 1)
        #expect(Listener.parse(["127.0.0.1:53 udp"], .http) == nil)
    }

    @Test("addresses and blocks", arguments: ["10.0.0.0/8", "::/0", "2001:db8::1", "::ffff:1.2.3.4", "1.2.3.4"])
    func blocks(text: String) { #expect(IPAddress.isAddressOrBlock(text)) }

    @Test("not addresses", arguments: ["10.0.0.0/33", "1.2.3", "1:2", "::1::2", "localhost", "1.2.3.4/x"])
    func notBlocks(text: String) { #expect(!IPAddress.isAddressOrBlock(text)) }
}
