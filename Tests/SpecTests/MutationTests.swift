import Foundation
import Spec
import Testing

/// No input traps, every error is one line, and what loads can be written and read again.
@Suite struct MutationTests {
    /// Another seed every day, and the one of a failure again: `BROWNOUT_SEED=42 swift test`.
    static let seed: UInt64 =
        ProcessInfo.processInfo.environment["BROWNOUT_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date.now.timeIntervalSince1970 / 86_400)

    @Test func randomMutationsOfValidFilesNeverTrap() throws {
        print("MutationTests: seed \(Self.seed)")
        var random = SeededGenerator(state: Self.seed)
        let files =
            try Catalogue.all().map { Array($0.text.utf8) } + [
                Array(
                    #"{"names":["a.test","*.b.test"],"dns":[{"empty":{"ttl":"60s"}}],"port":53}"#
                        .utf8),
                Array("a: &a [x]\nb: *a\n? [c]\n: |\n  text\n...\n---\n- 'q'\n".utf8),
            ]
        var loaded = 0
        var refused = 0
        for _ in 0..<3000 {
            let bytes = Self.mutated(files, &random)
            do throws(SpecError) {
                let node = try Node.load(utf8: bytes, file: "f")
                loaded += 1
                let json = node.json()
                #expect(try Node.load(yaml: json, file: "j").json() == json, "seed \(Self.seed)")
                do throws(SpecError) {
                    try Catalogue.check(node)
                } catch {
                    Self.expectOneLine(error)
                }
            } catch {
                refused += 1
                Self.expectOneLine(error)
            }
        }
        #expect(loaded > 300 && refused > 300, "both ways were taken: \(loaded), \(refused)")
    }

    private static func expectOneLine(_ error: SpecError) {
        let line = "\(error)"
        #expect(!line.contains { $0.isNewline } && line.hasPrefix("f:"), "\(line), seed \(seed)")
        #expect(line.count < 700, "\(line), seed \(seed)")
    }

    private static let tokens: [[UInt8]] = [
        "- ", ": ", "\n", "\t", "[", "]", "{", "}", ",", "&a ", "*a ", "!x ", "!!str ", "? ", "| ",
        "> ", "'",
        "\"", "#", "%", "@", "---\n", "...\n", "<<: ", "\u{0}", "\u{FEFF}", "é", "\r\n", "~", "\\x",
        "0x",
        "60s", "30%", "99999999999999999999",
    ].map { Array($0.utf8) }

    private static func mutated(
        _ files: [[UInt8]], _ random: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = files[Int.random(in: 0..<files.count, using: &random)]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.insert(.random(in: 0...255, using: &random), at: at)
            case 1: bytes.removeSubrange(at..<end)
            case 2:
                bytes.insert(
                    contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: at)
            case 3: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
            case 4: bytes.removeSubrange(at...)
            default:
                let other = files[Int.random(in: 0..<files.count, using: &random)]
                let from = Int.random(in: 0..<other.count, using: &random)
                bytes.insert(contentsOf: other[from..<min(other.count, from + 40)], at: at)
            }
        }
        return bytes
    }
}
