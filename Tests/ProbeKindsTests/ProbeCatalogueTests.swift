import FoundationEssentials
import Testing

@testable import ProbeKinds

@Suite struct ProbeCatalogueTests {
    /// A file in `Kinds/` that is not listed would never be found by anybody.
    @Test func listsEveryFile() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/ProbeKinds/Kinds")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let kinds = files.filter { $0.hasSuffix("Probe.swift") }.map { $0.dropLast(6) }
        #expect(Set(kinds.map(String.init)) == Set(ProbeCatalogue.all.map { "\($0)" }))
    }
}
