import Testing
import Wire

@testable import Lab

struct CloudAddressTests {
    @Test(arguments: [
        ("10.1.20.10", "dynamodb us-east-1 0 0"), ("10.2.20.30", "dynamodb us-west-2 2 0"),
        ("10.1.20.21", "dynamodb us-east-1 1 1"), ("10.1.1.210", "sts us-east-1 0 0"),
        ("10.1.2.110", "ec2 us-east-1 0 0"), ("10.1.30.20", "orders-nlb us-east-1 1 0"),
        ("2001:db8:1:20::10", "dynamodb us-east-1 0 0"),
        ("2001:db8:2:20::230", "dynamodb us-west-2 2 0"),
        ("2001:db8:1:6::231", "ecs us-east-1 2 1"),
    ])
    func stands(address: String, for expected: String) throws {
        let parsed = try #require(IPAddress(address))
        let found = try #require(CloudAddress(parsed))
        #expect(
            "\(found.service) \(found.region) \(found.zone) \(found.generation)" == expected)
    }

    @Test(arguments: [
        "127.0.0.1", "10.3.20.10", "10.1.99.10", "10.1.20.1", "10.1.20.40", "10.1.20.12", "::1",
        "2001:db8:1:2a::10", "2001:db9:1:20::10",
    ])
    func standsForNothing(address: String) throws {
        let parsed = try #require(IPAddress(address))
        #expect(CloudAddress(parsed) == nil)
    }

    /// Every address in the zones that is the cloud's own leads to the service of its name.
    @Test func zonesAndAddressesAgree() throws {
        let zones = try ZoneSet.lab()
        for region in CloudRegion.all {
            for service in ["dynamodb", "sts", "ec2", "ecs", "eks"] {
                let name = try #require(DNS.Name("\(service).\(region.name).amazonaws.com"))
                let zonesFound = zones.resolve(name, .a).answer.compactMap { record in
                    if case .a(let value) = record.data { CloudAddress(.v4(value)) } else { nil }
                }
                #expect(zonesFound.map(\.zone) == [0, 1, 2], "\(name)")
                #expect(
                    zonesFound.allSatisfy {
                        $0.service == service && $0.region == region.name && $0.generation == 0
                    }, "\(name)")
            }
        }
    }
}
