import Foundation
import Testing

/// The tables of docs/net-effects.md: what clients say under each effect.
///
/// A row starts with a client and its version. Another version's words are compared with nothing, but
/// its row must be there.
enum ClientWords {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/net-effects.md").standardized

    static func line(_ title: String, _ words: String, _ when: String) -> String {
        let text = words.contains("its answer") ? words : "`\(words.replacing("|", with: "\\|"))`"
        return "| \(title) | \(text) | \(when) |"
    }

    /// Compares rows with those under the heading of an effect; `BROWNOUT_RECORD=1` writes them, which
    /// counts as a difference.
    static func compare(_ lines: [String], under net: String) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let heading = "`net: \(net)`\n"
        let head = "| client | reports | after |\n|---|---|---|\n"
        guard let start = text.range(of: heading),
            let table = text[start.upperBound...].range(of: head)
        else {
            Issue.record("docs/net-effects.md: no table under \(heading)")
            return
        }
        let known = text[table.upperBound...].split(
            separator: "\n", omittingEmptySubsequences: false
        ).prefix { $0.hasPrefix("| ") }.map(String.init)
        if ProcessInfo.processInfo.environment["BROWNOUT_RECORD"] == "1" {
            let end = text.index(
                table.upperBound, offsetBy: known.map { $0.count + 1 }.reduce(0, +))
            var new = text
            new.replaceSubrange(
                table.upperBound..<end, with: lines.map { "\($0)\n" }.joined())
            try Data(new.utf8).write(to: file)
            Issue.record("recorded \(net) in docs/net-effects.md: look at it, then run again")
            return
        }
        for line in lines where !known.contains(line) {
            let title = line.dropFirst(2).prefix { $0 != "|" }
            let name = title.prefix { !$0.isNumber }
            let same = known.contains { $0.hasPrefix("| \(title)|") }
            let other = known.contains { $0.hasPrefix("| \(name)") }
            if same || !other {
                Issue.record("docs/net-effects.md says otherwise about \(net) than:\n\(line)")
            }
        }
    }
}
