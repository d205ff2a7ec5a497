import FaultKinds
import Spec
import Wire

/// Whether a fault hits a name, and by which of its patterns.
struct MatchRow: Encodable, Equatable {
    var name: String
    var hit: Bool
    /// The first pattern that means the name; nil where it is not hit.
    var pattern: String?
    /// The exception that spares it; for people only.
    private var exception: String?

    init(_ name: String, fault: Fault) throws(ClientError) {
        guard Wire.DNS.Name(name) != nil else {
            throw .usage("\"\(ErrorText.oneLine(name))\" is not a domain name")
        }
        self.name = name
        let matcher = NameMatcher(patterns: fault.watchedNames, exceptions: fault.except)
        pattern = matcher.pattern(for: name)?.description
        hit = pattern != nil
        exception =
            fault.watchedNames.contains { $0.matches(name) }
            ? fault.except.first { $0.matches(name) }?.description : nil
    }

    private enum Key: String, CodingKey { case name, hit, pattern }

    // By hand, so that `pattern` is there as null too.
    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        try values.encode(hit, forKey: .hit)
        try values.encode(pattern, forKey: .pattern)
    }

    static func table(_ rows: [MatchRow]) -> String {
        var table = Table(["NAME", "HIT", "PATTERN"])
        for row in rows {
            let why = row.exception.map { "spared by \($0)" } ?? "-"
            table.append(row.name, row.hit ? "yes" : "no", row.pattern ?? why)
        }
        return table.text
    }
}
