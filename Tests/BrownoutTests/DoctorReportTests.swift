import Control
import Testing

@testable import brownout

@Suite struct DoctorReportTests {
    @Test func text() {
        let report = DoctorReport(checks: [
            Check("privilege", .pass, "root"),
            Check("nscd", .warn, "nscd runs", advice: "`nscd -i hosts` empties it"),
            Check("proof", .pass, "hit"),
        ])
        #expect(
            report.text == """
                pass  privilege  root
                warn  nscd       nscd runs
                                 -> `nscd -i hosts` empties it
                pass  proof      hit

                Faults act here; 1 warned: some programs may miss them.

                """)
    }

    static let hit = FaultCounts(seen: 1, matched: 1, fired: 1)

    /// Cases with a part of the advice; nil where the proof holds.
    static let proofs: [(id: String, system: Proof.Way, direct: Proof.Way, advice: String?)] = [
        (
            "both ways", .init(outcome: "got no address", counts: hit),
            .init(outcome: "got NXDOMAIN", answered: true, counts: hit), nil
        ),
        (
            "only the system's, as a cache answered directly",
            .init(outcome: "got no address", counts: hit),
            .init(outcome: "got NXDOMAIN", answered: true), nil
        ),
        (
            "only directly: the C library goes another way", .init(outcome: "got no address"),
            .init(outcome: "got NXDOMAIN", answered: true, counts: hit), "on a way that no fault"
        ),
        (
            "addresses without any resolver: /etc/hosts",
            .init(outcome: "got addresses", answered: true), .init(outcome: "had no answer"),
            "on a way that no fault"
        ),
        (
            "no resolver", .init(outcome: "had no answer"), .init(outcome: "had no answer"),
            "nothing to rewrite"
        ),
        (
            "answers that nobody saw", .init(outcome: "got no address"),
            .init(outcome: "got NXDOMAIN", answered: true), "the agent saw none"
        ),
    ]

    @Test(arguments: proofs.indices)
    func proof(index: Int) {
        let one = Self.proofs[index]
        let check = Proof.judge(name: "x.test", system: one.system, direct: one.direct)
        #expect(check.level == (one.advice == nil ? .pass : .fail), "\(one.id): \(check.finding)")
        #expect((check.advice == nil) == (one.advice == nil), "\(one.id)")
        if let part = one.advice { #expect(check.advice?.contains(part) == true, "\(one.id)") }
    }

    @Test func randomNamesAreNames() {
        #expect(Proof.randomName(0xBEEF) == "brownout-doctor-beef.example.com")
        #expect(Proof.randomName() != Proof.randomName())
    }
}
