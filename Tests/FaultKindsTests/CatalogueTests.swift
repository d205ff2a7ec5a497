import FaultKinds
import Foundation
import Spec
import Testing

/// What comes with the program holds together: effects, their texts, their examples, the schema.
@Suite struct CatalogueTests {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func names(in folder: String, suffix: String) throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: repository.appending(path: folder).path)
        return Set(files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) })
    }

    @Test func `every file of Kinds is in the catalogue`() throws {
        let files = try Self.names(in: "Sources/FaultKinds/Kinds", suffix: ".swift")
        let listed = EffectCatalogue.all.map { "\($0)" } + EffectCatalogue.net.map { "\($0)" }
        #expect(files == Set(listed))
        #expect(listed.count == files.count)
        #expect(EffectCatalogue.all.count == 12)
        #expect(EffectCatalogue.net.count == 7)
    }

    @Test func `every effect says what it does, and so does each key`() {
        let dns = EffectCatalogue.all.map { ("dns", $0 as any FaultEffect.Type) }
        let net = EffectCatalogue.net.map { ("net", $0 as any FaultEffect.Type) }
        for (command, effect) in dns + net {
            #expect(
                effect.text.manual.contains(
                    "Example:\n    brownout \(command) \(effect.name) "))
            #expect(effect.text.summary.hasSuffix("."), "\(effect.name)")
            for key in effect.schema.keys {
                #expect(!key.doc.isEmpty, "\(effect.name): \(key.name)")
            }
            if let primary = effect.primaryKey {
                #expect(effect.schema.keys.contains { $0.name == primary })
            }
        }
    }

    @Test func `every fault file is embedded, loads and says what it is`() throws {
        let files = try Self.names(in: "Faults", suffix: ".yaml")
        #expect(files == Set(FaultCatalogue.all.map(\.name)))
        for (name, text) in FaultCatalogue.all {
            let fault = try Fault(Node.load(yaml: text, file: "Faults/\(name).yaml"))
            #expect(fault.title?.isEmpty == false, "\(name)")
            #expect(fault.about?.isEmpty == false, "\(name)")
            #expect(fault.source?.isEmpty == false, "\(name)")
            #expect(fault.lease != nil, "\(name)")
            #expect(fault.tooBroad.isEmpty, "\(name)")
        }
    }

    @Test func `every effect has an example among the faults`() throws {
        var used: Set<String> = []
        for (name, text) in FaultCatalogue.all {
            let fault = try Fault(Node.load(yaml: text, file: name))
            used.formUnion(fault.effects.map { type(of: $0).name })
            used.formUnion((fault.net?.effects ?? []).map { type(of: $0).name })
        }
        let all = EffectCatalogue.all.map { $0.name } + EffectCatalogue.net.map { $0.name }
        #expect(used == Set(all))
    }

    /// To record a new one: `BROWNOUT_RECORD=1 swift test --filter CatalogueTests`, which fails.
    @Test func `the schema in the repository is that of the code`() throws {
        let file = Self.repository.appending(path: "Schemas/fault.schema.json")
        if ProcessInfo.processInfo.environment["BROWNOUT_RECORD"] != nil {
            try Fault.jsonSchema.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(file.lastPathComponent); run again without BROWNOUT_RECORD")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == Fault.jsonSchema)
    }
}
