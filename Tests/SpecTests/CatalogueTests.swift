import Foundation
import Spec
import Testing

@Suite struct CatalogueTests {
    /// Each fault's file, and the effects that it is made of.
    static let faults: [Case<String, [String]>] = [
        Case("the incident", "dynamodb-empty", ["empty"]),
        Case("region", "us-east-1-out", ["empty"]),
        Case("tokens", "no-sts", ["empty"]),
        Case("slow tokens", "slow-sts", ["delay"]),
        Case("IAM", "no-iam", ["empty"]),
        Case("launches", "no-new-launches", ["empty"]),
        Case("load balancer", "nervous-nlb", ["partial", "ttl"]),
        Case("stale", "stale-plan", ["stale"]),
        Case("two plans", "enactor-flap", ["stale"]),
        Case("slow", "resolver-slow", ["delay"]),
        Case("down", "resolver-down", ["timeout"]),
        Case("half", "half-the-answers", ["servfail"]),
        Case("zero", "ttl-zero", ["ttl"]),
        Case("days", "ttl-days", ["ttl"]),
        Case("TCP", "tcp-only", ["truncate"]),
        Case("IPv6", "no-ipv6", ["empty"]),
    ]

    @Test func theFolderHoldsTheseAndNoOthers() throws {
        #expect(try Catalogue.all().map(\.name) == Self.faults.map(\.input).sorted())
    }

    @Test(arguments: faults) func loads(_ row: Case<String, [String]>) throws {
        let fault = try Catalogue.load(row.input)
        #expect(fault.effects == row.output)
        #expect(fault.about.count > 200 && fault.title.count < 60)
        #expect(fault.names.filter(\.isTooBroad) == [], "the agent would refuse it")
        #expect(Set(fault.names).count == fault.names.count, "no name twice")
        for line in try Catalogue.all().first(where: { $0.name == row.input })!.text.split(
            separator: "\n")
        {
            #expect(line.count <= 100, "\(line)")
        }
    }

    /// Names hit and spared by hand, for the faults that botocore's data does not decide.
    static let reach: [Case<String, (hit: [String], spared: [String])>] = [
        Case(
            "the incident", "dynamodb-empty",
            (
                [
                    "dynamodb.us-east-1.amazonaws.com", "111122223333.ddb.us-east-1.amazonaws.com",
                    "streams.dynamodb.us-east-1.amazonaws.com", "dynamodb.us-east-1.api.aws",
                ],
                [
                    "dynamodb.us-west-2.amazonaws.com", "sts.us-east-1.amazonaws.com",
                    "dynamodb.us-east-1.amazonaws.com.cn", "amazonaws.com",
                ]
            )),
        Case(
            "tokens", "no-sts",
            (
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
        Case(
            "IAM", "no-iam",
            (
                [
                    "iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.us-gov.amazonaws.com",
                    "iam.cn-north-1.amazonaws.com.cn", "iam.global.api.aws",
                ],
                ["sts.amazonaws.com", "identitystore.us-east-1.amazonaws.com"]
            )),
        Case(
            "launches", "no-new-launches",
            (
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
        Case(
            "load balancer", "nervous-nlb",
            (
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
        Case(
            "own metadata", "us-east-1-out",
            (["ip-10-0-0-1.ec2.internal"], ["instance-data.ec2.internal"])),
    ]

    @Test(arguments: reach) func reaches(_ row: Case<String, (hit: [String], spared: [String])>)
        throws
    {
        let fault = try Catalogue.load(row.input)
        for name in row.output.hit { #expect(fault.hits(wire(name)), "\(name)") }
        for name in row.output.spared { #expect(!fault.hits(wire(name)), "\(name)") }
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
        let file = Catalogue.root.appending(path: "Tests/Catalogue/us-east-1-names.json")
        let names = try JSONDecoder().decode(Names.self, from: Data(contentsOf: file))
        let fault = try Catalogue.load("us-east-1-out")
        let missed = names.hit.filter { !fault.hits(wire($0)) }
        let spared = names.spared
        let struck = spared.filter { fault.hits(wire($0)) }
        print(
            "us-east-1-out: \(names.hit.count) to hit, \(spared.count) to spare (botocore \(names.botocore))"
        )
        #expect(missed == [], "us-east-1's, and not hit")
        #expect(struck == [], "another region's, and hit")
        #expect(names.hit.count == names.counts["hit"] && names.hit.count > 1500)
        #expect(spared.count == names.counts["spared"] && spared.count > 50_000)
    }

    /// The wire form, so that a hundred thousand names are quick.
    private func wire(_ name: String) -> [UInt8] {
        name.lowercased().split(separator: ".").flatMap { [UInt8($0.utf8.count)] + $0.utf8 } + [0]
    }
}
