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

    private static let balancer = "orders-nlb-0123456789abcdef.elb.us-east-1.amazonaws.com"

    /// The last octets of its addresses.
    private func zones(_ zones: LabZones, all: Bool = false) throws -> [String] {
        let options = all ? [LabZones.wholeView] : []
        let name = try #require(DNS.Name(Self.balancer))
        let query = try #require(
            DNS.Builder.query(name, .a, id: 7, edns: DNS.EDNS(options: options)).encoded())
        let reply = try Reply(#require(zones.answer(to: query, over: .udp)))
        #expect(reply.responseCode == .noError)
        return reply.answer.map { String($0.suffix(2)) }
    }

    @Test func addressesLeaveAndJoin() throws {
        let lab = try LabZones()
        #expect(try zones(lab) == ["10", "20", "30"])
        try lab.serve([0, 2])
        #expect(try zones(lab) == ["10", "30"])
        // The load balancer goes on asking for all of its own.
        #expect(try zones(lab, all: true) == ["10", "20", "30"])
        // A zone's own name is that zone, in service or not.
        #expect(try answer(lab, "us-east-1b.\(Self.balancer)").count == 1)
        // A service that moves meanwhile brings nobody back.
        try lab.move(CloudState.Endpoint(service: "dynamodb", region: "us-east-1"))
        #expect(try zones(lab) == ["10", "30"])
        try lab.serve([])
        #expect(try zones(lab) == [])
        try lab.serve([0, 1, 2])
        #expect(try zones(lab) == ["10", "20", "30"])
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
