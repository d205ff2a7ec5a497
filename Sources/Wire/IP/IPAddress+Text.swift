extension IPAddress: LosslessStringConvertible {
    /// Reads an address by the rules of `inet_pton`: four decimal octets without leading zeros, or
    /// RFC 4291 section 2.2 text. No port, brackets, zone or white space.
    public init?(_ text: String) {
        let text = Substring(text).utf8
        if text.contains(UInt8(ascii: ":")) {
            guard let value = Self.parseV6(text) else { return nil }
            self = .v6(value)
        } else {
            guard let value = Self.parseV4(text) else { return nil }
            self = .v4(value)
        }
    }

    /// Dotted decimal, or RFC 5952; IPv4-mapped addresses end in dotted decimal (its section 5).
    public var description: String {
        switch self {
        case .v4(let value): Self.text(v4: value)
        case .v6(let value): Self.text(v6: value)
        }
    }
}

// MARK: - Reading

extension IPAddress {
    private static func parseV4(_ text: Substring.UTF8View) -> UInt32? {
        let octets = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var value: UInt32 = 0
        for octet in octets {
            guard let number = decimal(octet), number <= 255 else { return nil }
            value = value << 8 | number
        }
        return value
    }

    /// One to three digits, no leading zero.
    static func decimal(_ digits: Substring.UTF8View) -> UInt32? {
        guard (1...3).contains(digits.count) else { return nil }
        if digits.count > 1, digits.first == UInt8(ascii: "0") { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func parseV6(_ text: Substring.UTF8View) -> UInt128? {
        var groups: [UInt16] = []
        // Where `::` stands, as a number of groups before it.
        var gap: Int?
        var rest = text
        if rest.starts(with: "::".utf8) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            guard groups.count < 8 else { return nil }
            let field = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest.dropFirst(field.count)
            if field.contains(UInt8(ascii: ".")) {
                guard rest.isEmpty, let value = parseV4(field) else { return nil }
                groups += [UInt16(value >> 16), UInt16(truncatingIfNeeded: value)]
                break
            }
            guard let group = hexadecimal(field) else { return nil }
            groups.append(group)
            if rest.isEmpty { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil  // a single trailing colon
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap {
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func hexadecimal(_ digits: Substring.UTF8View) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }
}

// MARK: - Rendering

extension IPAddress {
    private static func text(v4 value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private static func text(v6 value: UInt128) -> String {
        if value >> 32 == mappedPrefix {
            return "::ffff:" + text(v4: UInt32(truncatingIfNeeded: value))
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
        let gap = longestZeros(groups)
        let left = groups[..<gap.lowerBound].map { String($0, radix: 16) }
        let right = groups[gap.upperBound...].map { String($0, radix: 16) }
        guard !gap.isEmpty else { return left.joined(separator: ":") }
        return left.joined(separator: ":") + "::" + right.joined(separator: ":")
    }

    /// The first longest run of at least two zero groups; empty at the end if there is none.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = groups.count..<groups.count
        var start: Int?
        for index in 0...groups.count {
            if index < groups.count, groups[index] == 0 {
                start = start ?? index
            } else if let first = start {
                if index - first >= 2, index - first > best.count { best = first..<index }
                start = nil
            }
        }
        return best
    }
}
