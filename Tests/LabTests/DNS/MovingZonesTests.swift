import Testing
import Wire

@testable import Lab

/// `LabZones`: the zones of a lab that runs.
struct MovingZonesTests {
    private func answer(_ zones: LabZones, _ name: String) throws -> [String] {
        let bytes = try #require(zones.answer(to: try query(name), over: .udp))
        return try Reply(bytes).answer
    }

    @Test func aServiceMovesAndMovesBack() throws {
        let zones = try LabZones()
        let east = CloudState.Endpoint(service: "dynamodb", region: "us-east-1")
        let name = "dynamodb.us-east-1.amazonaws.com"
        let before = try answer(zones, name)
        #expect(before.contains { $0.hasSuffix(" A 10.1.20.10") })
        try zones.move(east)
        let moved = try answer(zones, name)
        #expect(moved.contains { $0.hasSuffix(" A 10.1.20.11") })
        #expect(!moved.contains { $0.hasSuffix(" A 10.1.20.10") })
        #expect(
            try answer(zones, "dynamodb.us-west-2.amazonaws.com").contains {
                $0.hasSuffix(" A 10.2.20.10")
            })
        try zones.move(east)
        #expect(try answer(zones, name) == before)
        #expect(zones.queries.total == 4)
    }

    @Test(arguments: [
        ("dynamodb.us-east-1.amazonaws.com", "0"), ("sts.us-east-1.amazonaws.com", "0"),
        ("orders-nlb-0123456789abcdef.elb.us-east-1.amazonaws.com", "172800"),
        ("ec2.us-east-1.amazonaws.com", "20"),
    ])
    func carelessTTLs(name: String, ttl: String) throws {
        let zones = try LabZones(saneTTLs: false)
        let addresses = try answer(zones, name).filter { $0.contains(" A ") }
        #expect(addresses.count == 3)
        for line in addresses { #expect(line.split(separator: " ")[1] == ttl, "\(line)") }
    }
}
