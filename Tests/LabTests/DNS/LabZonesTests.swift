import Lab
import Testing
import Wire

/// What the lab's own zones hold: names that scenarios and the demo rely on.
struct LabZonesTests {
    let zones: ZoneSet

    init() throws { zones = try .lab() }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var type = DNS.RecordType.a
        /// The targets of the aliases on the way.
        var chain: [String] = []
        var count: Int

        var testDescription: String { "\(name) \(type)" }
    }

    static let cases: [Case] =
        ["us-east-1", "us-west-2"].flatMap { region in
            let aws = "\(region).amazonaws.com"
            let lb = "lb.ddb-dns.\(aws)."
            return [
                Case(name: "dynamodb.\(aws)", chain: [lb], count: 3),
                Case(name: "dynamodb.\(aws)", type: .aaaa, chain: [lb], count: 3),
                Case(name: "dynamodb.\(aws)", type: .https, chain: [lb], count: 1),
                Case(name: "111122223333.ddb.\(aws)", chain: [lb], count: 3),
                Case(name: "dynamodb-fips.\(aws)", chain: ["fips.ddb-dns.\(aws)."], count: 3),
                Case(
                    name: "dynamodb.\(region).api.aws", type: .aaaa,
                    chain: ["dualstack.ddb-dns.\(aws)."], count: 3),
                Case(name: "sts.\(aws)", count: 3),
                Case(name: "sts.\(aws)", type: .aaaa, count: 0),
                Case(name: "sts-fips.\(aws)", count: 3),
                Case(name: "sts.\(region).api.aws", type: .aaaa, count: 3),
                Case(name: "ec2.\(aws)", count: 3),
                Case(name: "s3.\(aws)", count: 3),
                Case(name: "bucket.s3.\(aws)", chain: ["s3-r-w.\(aws)."], count: 3),
                Case(name: "s3.dualstack.\(aws)", type: .aaaa, count: 3),
                Case(name: "orders-nlb-0123456789abcdef.elb.\(aws)", count: 3),
                Case(name: "\(region)a.orders-nlb-0123456789abcdef.elb.\(aws)", count: 1),
                Case(name: "shop-nlb-fedcba9876543210.elb.\(aws)", type: .aaaa, count: 3),
                Case(name: "shop-alb-1234567890.\(region).elb.amazonaws.com", count: 2),
                Case(name: "x.lambda-url.\(region).on.aws", type: .aaaa, count: 3),
                Case(name: "lambda.\(region).api.aws", type: .https, count: 1),
            ]
        } + [
            Case(name: "sts.amazonaws.com", count: 3),
            Case(name: "iam.amazonaws.com", chain: ["iam.us-east-1.amazonaws.com."], count: 3),
            Case(
                name: "bucket.s3.amazonaws.com",
                chain: ["s3-1-w.amazonaws.com.", "s3-w.us-east-1.amazonaws.com."], count: 3),
            Case(name: "ec2-192-0-2-1.compute-1.amazonaws.com", count: 1),
            Case(name: "ec2-192-0-2-1.us-west-2.compute.amazonaws.com", count: 1),
            Case(
                name: "orders.example.com",
                chain: [
                    "orders.shop.example.", "dynamodb.us-east-1.amazonaws.com.",
                    "lb.ddb-dns.us-east-1.amazonaws.com.",
                ], count: 3),
            Case(name: "shop.example", type: .https, count: 1),
        ]

    @Test(arguments: cases)
    func holds(_ expected: Case) throws {
        let found = zones.resolve(try #require(DNS.Name(expected.name)), expected.type)
        let chain = found.answer.compactMap { record -> String? in
            if case .cname(let target) = record.data { target.description } else { nil }
        }
        #expect(found.responseCode == .noError)
        #expect(chain == expected.chain)
        #expect(found.answer.count == chain.count + expected.count)
        #expect(found.answer.dropFirst(chain.count).allSatisfy { $0.type == expected.type })
        #expect(found.authority.isEmpty == (expected.count > 0))
    }

    @Test func everyAliasButTheOddOnesLeadsToAddresses() throws {
        let odd = ["dangling.example.com.", "elsewhere.example.com."]
        for record in zones.zones.flatMap(\.records) where record.type == .cname {
            let found = zones.resolve(record.name, .a)
            let isOdd = odd.contains(record.name.description)
            #expect(found.answer.contains { $0.type == .a } != isOdd, "\(record.name)")
        }
    }

    @Test func addressesAreOfNobody() throws {
        let ours = ["10.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32"]
            .compactMap(CIDR.init)
        for record in zones.zones.flatMap(\.records) {
            let address: IPAddress? =
                switch record.data {
                case .a(let value): .v4(value)
                case .aaaa(let value): .v6(value)
                default: nil
                }
            guard let address else { continue }
            #expect(ours.contains { $0.contains(address) }, "\(record.name) \(address)")
        }
    }

    @Test func lifetimesAreShort() throws {
        for record in zones.zones.flatMap(\.records) {
            #expect((5...60).contains(record.ttl), "\(record.name) \(record.type)")
        }
    }

    @Test func noTwoRegionsShareAnAddress() throws {
        // RecordData is not hashable, its description is as good.
        var owners: [String: Set<String>] = [:]
        for record in zones.zones.flatMap(\.records) {
            let name = record.name.description
            guard record.type.isAddress, !name.hasPrefix("ns-1.") else { continue }
            owners["\(record.data)", default: []].insert(
                name.contains("us-west-2") ? "west" : "east")
        }
        #expect(owners.values.allSatisfy { $0.count == 1 })
    }
}
