/// A pattern over domain names, as `names:` and `except:` hold them.
///
/// - `a.b.c` is that name alone.
/// - A leading `*.` stands for one or more labels, as DNS wildcards do (RFC 4592): `*.b.c` matches
///   `x.b.c` and `y.x.b.c`, not `b.c`. `*` alone is every name but the root.
/// - A `*` elsewhere stands for any characters within its label: `sts.*.amazonaws.com`, `ec2*.aws`.
///
/// Case does not matter, nor does a dot at the end.
public struct NamePattern: Sendable {
    /// The pattern after a leading `*.`: length-prefixed labels, lower case, with stars in them.
    let wire: [UInt8]
    let labelCount: Int
    /// Whether the pattern begins with `*.` (or is `*`).
    let isSubtree: Bool

    /// Reads a pattern of at most 253 characters in labels of at most 63 (RFC 1035 section 2.3.4).
    public init(parsing text: String) throws(ValueProblem) {
        var name = Substring(text)
        if name.hasSuffix("."), name.count > 1 { name = name.dropLast() }
        guard !name.isEmpty else {
            throw ValueProblem(
                "an empty name pattern", hint: "write a name such as sts.amazonaws.com")
        }
        isSubtree = name == "*" || name.hasPrefix("*.")
        if isSubtree { name = name.dropFirst(name == "*" ? 1 : 2) }
        var wire: [UInt8] = []
        var count = 0
        if !name.isEmpty {
            for label in name.split(separator: ".", omittingEmptySubsequences: false) {
                if let problem = Self.problem(label: label, of: text) { throw problem }
                wire.append(UInt8(label.utf8.count))
                for byte in label.utf8 { wire.append(Self.lowercased(byte)) }
                count += 1
            }
        } else if !isSubtree || text.hasPrefix("*.") {
            throw ValueProblem(
                "\(Quoting.quoted(text)) has an empty label",
                hint: "write a name such as sts.amazonaws.com")
        }
        // 255 octets of a name (RFC 1035 section 2.3.4) less the final 0.
        guard wire.count <= 254 else {
            throw ValueProblem(
                "\(Quoting.quoted(text)) is longer than a name can be",
                hint: "253 characters are the most")
        }
        self.wire = wire
        labelCount = count
    }

    private static func problem(label: Substring, of text: String) -> ValueProblem? {
        let pattern = Quoting.quoted(text)
        if label.isEmpty {
            return ValueProblem(
                "\(pattern) has an empty label", hint: "write a name such as sts.amazonaws.com")
        }
        guard label.utf8.count <= 63 else {
            return ValueProblem(
                "\(pattern) has a label of \(label.utf8.count) octets", hint: "63 are the most")
        }
        guard let wrong = label.unicodeScalars.first(where: { !isAllowed($0) }) else { return nil }
        if text.contains("://") || wrong == "/" {
            return ValueProblem("\(pattern) is not a name", hint: "write the host name alone")
        }
        if wrong == ":" {
            return ValueProblem(
                "\(pattern) is not a name", hint: "write the name without a port; `port` is a key")
        }
        if wrong == " " || wrong == "," {
            return ValueProblem(
                "\(pattern) is not one name",
                hint: "write several names as a list: [a.test, b.test]")
        }
        if !wrong.isASCII {
            return ValueProblem(
                "\(pattern) is not in ASCII", hint: "write the form on the wire, xn--…")
        }
        return ValueProblem(
            "\(pattern) holds \(Quoting.quoted(String(wrong))), which no host name has",
            hint: "letters, digits, - and _ are allowed, * stands for any of them")
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "*": true
        default: false
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

/// What `NamePattern.init(parsing:)` throws.
public typealias PatternProblem = ValueProblem

extension NamePattern: Hashable, LosslessStringConvertible {
    public init?(_ description: String) {
        guard let pattern = try? NamePattern(parsing: description) else { return nil }
        self = pattern
    }

    /// The pattern in lower case without a dot at the end; reads back as an equal pattern.
    public var description: String {
        let labels = labels.map { String(decoding: $0, as: UTF8.self) }
        return ((isSubtree ? ["*"] : []) + labels).joined(separator: ".")
    }
}

// MARK: - For the kernel's prefilter

extension NamePattern {
    static let star = UInt8(ascii: "*")

    /// The labels after a leading `*.`, with the stars in them.
    var labels: [[UInt8]] {
        var labels: [[UInt8]] = []
        var start = 0
        while start < wire.count {
            let end = start + 1 + Int(wire[start])
            labels.append(Array(wire[start + 1..<end]))
            start = end
        }
        return labels
    }

    /// The labels without a star, lower case, from the left, without their length byte.
    ///
    /// Each name that matches holds all of them, so a message that lacks one cannot match.
    public var literalLabels: [[UInt8]] {
        labels.filter { !$0.contains(Self.star) }
    }

    /// The labels right of the last star in wire form with the final 0; `[0]` where there is none.
    public var literalSuffix: [UInt8] {
        let suffix = labels.reversed().prefix { !$0.contains(Self.star) }.reversed()
        return suffix.flatMap { [UInt8($0.count)] + $0 } + [0]
    }
}
