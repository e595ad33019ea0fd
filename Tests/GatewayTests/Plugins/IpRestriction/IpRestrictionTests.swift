import KongCore
import KongTesting
import Testing

@Suite("ip-restriction")
struct IpRestrictionTests {
    @Test("deny is looked at first, then allow; a refusal says which address")
    func rules() throws {
        try withGateway(workers: 1, settings: ["trusted_ips": "127.0.0.1"]) { gateway, upstream throws in
            let scene = gateway.scene(upstream)
            try scene.route()
            let plugin = try scene.plugin(
                "ip-restriction", ["allow": ["10.0.0.0/8", "2001:db8::/33"], "deny": ["10.1.2.0/23", "10.9.9.9"]])
            func status(_ address: String) throws -> Int {
                try scene.get("/", [HeaderLine("X-Real-IP", address)]).status
            }
            for (address, wanted) in [
                ("10.0.0.1", 200), ("10.255.255.255", 200), ("10.1.2.3", 403), ("10.1.3.255", 403), ("10.1.4.0", 200),
                ("10.9.9.9", 403), ("11.0.0.1", 403), ("2001:db8:7fff::1", 200), ("2001:db8:8000::1", 403),
            ] {
                #expect(try status(address) == wanted, "\(address)")
            }
            let refused = try scene.get("/", [HeaderLine("X-Real-IP", "11.0.0.1")])
            #expect(refused.json["message"] == "IP address not allowed: 11.0.0.1")
            let path = "/plugins/\(plugin["id"]?.stringValue ?? "")"
            try gateway.configure(
                "PATCH", path, ["config": ["allow": nil, "deny": ["0.0.0.0/0"], "status": 451, "message": "no"]])
            let other = try scene.get("/", [HeaderLine("X-Real-IP", "11.0.0.1")])
            #expect(other.status == 451)
            #expect(other.json["message"] == "no")
            #expect(try status("2001:db8::1") == 200)
        }
    }

    @Test("an address that is none, and no list at all, are refused")
    func refused() throws {
        try Shared.scene { scene throws in
            try scene.route()
            for config in [[:], ["allow": ["10.0.0.0/33"]], ["deny": ["somewhere"]]] as [JSONObject] {
                let response = try scene.gateway.admin(
                    "POST", "/routes/\(scene.id)/plugins", ["name": "ip-restriction", "config": .object(config)])
                #expect(response.status == 400)
            }
        }
    }
}
