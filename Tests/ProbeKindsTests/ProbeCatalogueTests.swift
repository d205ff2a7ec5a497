import FoundationEssentials
import Testing

@testable import ProbeKinds

@Suite struct ProbeCatalogueTests {
    /// What a journal keeps of a result does not grow with what an endpoint says.
    @Test func `texts of facts are cut between characters`() {
        for (text, bytes) in [
            ("", 0), (String(repeating: "a", count: 1024), 1024),
            (String(repeating: "a", count: 1_000_000), 1024),
            (String(repeating: "é", count: 1_000_000), 1024),
            ("a" + String(repeating: "é", count: 1_000_000), 1023),
            ("abc" + String(repeating: "🙂", count: 1_000_000), 1023),
        ] {
            guard case .text(let kept) = FactValue.text(text).shortened else { continue }
            #expect(kept.utf8.count == bytes)
            #expect(text.hasPrefix(kept))
        }
    }

    /// A file in `Kinds/` that is not listed would never be found by anybody.
    @Test func listsEveryFile() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/ProbeKinds/Kinds")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let kinds = files.filter { $0.hasSuffix("Probe.swift") }.map { $0.dropLast(6) }
        #expect(Set(kinds.map(String.init)) == Set(ProbeCatalogue.all.map { "\($0)" }))
    }
}
