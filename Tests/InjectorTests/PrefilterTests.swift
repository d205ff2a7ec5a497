import Agent
import Spec
import Testing

/// The kernel's filter must let through whatever a fault could match.
@Suite struct PrefilterTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var id: String
        var patterns: [String]
        var labels: [String]?
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(
            id: "one name", patterns: ["dynamodb.us-east-1.amazonaws.com"], labels: ["us-east-1"]),
        Row(
            id: "a shared label",
            patterns: ["*.us-east-1.amazonaws.com", "a.us-east-1.api.aws", "us-east-1.b.c.net"],
            labels: ["us-east-1"]),
        Row(
            id: "two groups", patterns: ["*.us-east-1.amazonaws.com", "sts.amazonaws.com"],
            labels: ["us-east-1", "sts"]),
        Row(id: "short names", patterns: ["example.com", "*.org.uk"], labels: ["example", "org"]),
        Row(
            id: "many hosts of one domain", patterns: (0..<100).map { "h\($0).example.com" },
            labels: ["example"]),
        Row(
            id: "too many", patterns: (0..<16).map { "h\($0).example\($0).com" }, labels: nil),
    ]

    @Test(arguments: rows)
    func plans(row: Row) throws {
        let plan = PrefilterPlan(
            patterns: try row.patterns.map { try NamePattern(parsing: $0).literalLabels })
        let labels = plan.labels?.map { String(decoding: $0, as: UTF8.self) }
        #expect(labels.map { $0.sorted() } == row.labels.map { $0.sorted() })
    }

    @Test func `every pattern has a label of its own in the plan`() throws {
        let patterns = try [
            "*.us-east-1.amazonaws.com", "sts.*.amazonaws.com", "ec2*.aws.example", "a.b",
            "*.compute-1.amazonaws.com",
        ].map { try NamePattern(parsing: $0) }
        let labels = try #require(PrefilterPlan(patterns: patterns.map(\.literalLabels)).labels)
        for pattern in patterns {
            #expect(labels.contains { pattern.literalLabels.contains($0) }, "\(pattern)")
        }
    }
}
