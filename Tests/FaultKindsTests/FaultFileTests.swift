import FaultKinds
import Foundation
import Spec
import Testing

/// What each fault file hits and spares, by the names of the real services.
@Suite struct FaultFileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var fault: String
        var reach: (hit: [String], spared: [String])
        var testDescription: String { id }
    }

    /// Names hit and spared by hand, for the faults that botocore's data does not decide.
    static let reach: [Row] = [
        Row(
            id: "the incident", fault: "dynamodb-empty",
            reach: (
                [
                    "dynamodb.us-east-1.amazonaws.com", "111122223333.ddb.us-east-1.amazonaws.com",
                    "streams.dynamodb.us-east-1.amazonaws.com", "dynamodb.us-east-1.api.aws",
                ],
                [
                    "dynamodb.us-west-2.amazonaws.com", "sts.us-east-1.amazonaws.com",
                    "dynamodb.us-east-1.amazonaws.com.cn", "amazonaws.com",
                ]
            )),
        Row(
            id: "tokens", fault: "no-sts",
            reach: (
                [
                    "sts.amazonaws.com", "sts.eu-west-1.amazonaws.com",
                    "sts-fips.us-east-1.amazonaws.com",
                    "sts.us-gov-west-1.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn",
                    "vpce-0123-ab.sts.us-east-1.vpce.amazonaws.com",
                ],
                [
                    "iam.amazonaws.com", "sts.example.test", "mysts.us-east-1.amazonaws.com",
                    "portal.sso.us-east-1.amazonaws.com",
                ]
            )),
        Row(
            id: "IAM", fault: "no-iam",
            reach: (
                [
                    "iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.us-gov.amazonaws.com",
                    "iam.cn-north-1.amazonaws.com.cn", "iam.global.api.aws",
                ],
                ["sts.amazonaws.com", "identitystore.us-east-1.amazonaws.com"]
            )),
        Row(
            id: "launches", fault: "no-new-launches",
            reach: (
                [
                    "ec2.us-east-1.amazonaws.com", "ec2-fips.us-east-1.amazonaws.com",
                    "autoscaling.us-east-1.amazonaws.com",
                    "application-autoscaling.us-east-1.amazonaws.com",
                    "ecs.us-east-1.amazonaws.com", "eks.us-east-1.amazonaws.com",
                    "fips.eks.us-east-1.amazonaws.com",
                    "lambda.us-east-1.amazonaws.com", "ec2.us-east-1.api.aws",
                ],
                [
                    "ec2.us-west-2.amazonaws.com", "ec2messages.us-east-1.amazonaws.com",
                    "ec2-instance-connect.us-east-1.amazonaws.com",
                    "ecs-a-1.us-east-1.amazonaws.com",
                    "ecs-t-2.us-east-1.amazonaws.com", "ecs-sc.us-east-1.api.aws",
                    "eks-auth.us-east-1.api.aws", "ABCDEF.gr7.us-east-1.eks.amazonaws.com",
                    "ec2-203-0-113-25.compute-1.amazonaws.com", "abc.lambda-url.us-east-1.on.aws",
                    "111122223333.dkr.ecr.us-east-1.amazonaws.com",
                    "n-1.elb.us-east-1.amazonaws.com",
                ]
            )),
        Row(
            id: "load balancer", fault: "nervous-nlb",
            reach: (
                [
                    "my-nlb-1234567890abcdef.elb.us-east-1.amazonaws.com",
                    "my-alb-1234567890.us-east-1.elb.amazonaws.com",
                    "internal-a-1.eu-west-1.elb.amazonaws.com",
                    "n-1.elb.cn-north-1.amazonaws.com.cn",
                ],
                [
                    "elasticloadbalancing.us-east-1.amazonaws.com",
                    "dynamodb.us-east-1.amazonaws.com",
                ]
            )),
        Row(
            id: "own metadata", fault: "us-east-1-out",
            reach: (["ip-10-0-0-1.ec2.internal"], ["instance-data.ec2.internal"])),
    ]

    @Test(arguments: reach) func reaches(_ row: Row)
        throws
    {
        let hits = try load(row.fault)
        for name in row.reach.hit { #expect(hits(name), "\(name)") }
        for name in row.reach.spared { #expect(!hits(name), "\(name)") }
    }

    /// What `Tests/Catalogue/endpoints.py` wrote.
    private struct Names: Decodable {
        struct Group: Decodable { var regions, names: [String] }
        var botocore: String
        var counts: [String: Int]
        var hit: [String]
        var sparedRegional: [Group]
        var sparedPlain: [String]

        var spared: [String] {
            sparedRegional.flatMap { group in
                group.names.flatMap { name in
                    group.regions.map { name.replacing("{}", with: $0) }
                }
            } + sparedPlain
        }
    }

    @Test func usEast1OutHitsAllOfTheRegionAndNothingElse() throws {
        let file = CatalogueTests.repository.appending(path: "Tests/Catalogue/us-east-1-names.json")
        let names = try JSONDecoder().decode(Names.self, from: Data(contentsOf: file))
        let hits = try load("us-east-1-out")
        let missed = names.hit.filter { !hits($0) }
        let spared = names.spared
        let struck = spared.filter { hits($0) }
        print(
            "us-east-1-out: \(names.hit.count) to hit, \(spared.count) to spare (botocore \(names.botocore))"
        )
        #expect(missed == [], "us-east-1's, and not hit")
        #expect(struck == [], "another region's, and hit")
        #expect(names.hit.count == names.counts["hit"] && names.hit.count > 1500)
        #expect(spared.count == names.counts["spared"] && spared.count > 50_000)
    }

    /// Whether a fault of the catalogue hits a name; in wire form, so that a hundred thousand names
    /// are quick.
    private func load(_ name: String) throws -> (String) -> Bool {
        let text = try #require(FaultCatalogue.text(named: name))
        let fault = try Fault(Node.load(yaml: text, file: name))
        return { name in
            let wire: [UInt8] =
                name.lowercased().split(separator: ".").flatMap { [UInt8($0.utf8.count)] + $0.utf8 }
                + [0]
            return fault.names.contains { $0.matches(wire: wire.span) }
                && !fault.except.contains { $0.matches(wire: wire.span) }
        }
    }
}
