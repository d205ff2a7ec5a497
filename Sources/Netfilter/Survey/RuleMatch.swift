/// Whether something is so, for a packet of which not everything is known.
enum Chance: Int, Comparable, Sendable {
    case never, maybe, always

    static func < (one: Chance, other: Chance) -> Bool { one.rawValue < other.rawValue }
    static prefix func ! (chance: Chance) -> Chance {
        switch chance {
        case .never: .always
        case .maybe: .maybe
        case .always: .never
        }
    }
    init(_ isSo: Bool) { self = isSo ? .always : .never }
}

/// The registers of nf_tables with what is known of their content.
struct SurveyRegisters {
    private var octets = InlineArray<64, UInt8>(repeating: 0)
    /// A bit for each octet that is known, and for each that is of port 53.
    private var known: UInt64 = 0
    private var ports: UInt64 = 0

    mutating func write(_ values: [UInt8?], names: [Bool]? = nil, at start: Int) {
        for (index, value) in values.enumerated() where octets.indices.contains(start + index) {
            let bit = UInt64(1) << (start + index)
            octets[start + index] = value ?? 0
            known = value == nil ? known & ~bit : known | bit
            ports = names?[index] == true ? ports | bit : ports & ~bit
        }
    }

    mutating func forget() { self = SurveyRegisters() }

    /// What lies past the end is not known.
    func read(at start: Int, _ count: Int) -> [UInt8?] {
        (start..<start + count).map { index in
            octets.indices.contains(index) && known >> index & 1 != 0 ? octets[index] : nil
        }
    }

    /// Whether any of these octets are of port 53.
    func namesPort(at start: Int, _ count: Int) -> Bool {
        (start..<start + count).contains { octets.indices.contains($0) && ports >> $0 & 1 != 0 }
    }

    /// nil if it is not known, or stays as it is.
    func port(_ port: RulePort) -> UInt16? {
        switch port {
        case .none: return nil
        case .number(let number): return number
        case .at(let start):
            let octets = read(at: start, 2)
            guard let high = octets[0], let low = octets[1] else { return nil }
            return UInt16(high) << 8 | UInt16(low)
        }
    }

    mutating func mask(from: Int, to: Int, mask: [UInt8], xor: [UInt8]) {
        let names = namesPort(at: from, mask.count)
        let result = zip(zip(read(at: from, mask.count), mask), xor).map { pair, xor -> UInt8? in
            // What the mask takes away need not be known.
            if pair.1 == 0 { return xor }
            return pair.0.map { $0 & pair.1 ^ xor }
        }
        write(result, names: Array(repeating: names, count: result.count), at: to)
    }
}

extension RuleTerm.Comparison {
    /// memcmp(3) of what is known with `value`.
    func holds(_ known: [UInt8?], _ value: [UInt8]) -> Chance {
        switch self {
        case .equal: Self.equality(known, value)
        case .notEqual: !Self.equality(known, value)
        case .less: Self.order(known, value) { $0 < 0 }
        case .lessOrEqual: Self.order(known, value) { $0 <= 0 }
        case .greater: Self.order(known, value) { $0 > 0 }
        case .greaterOrEqual: Self.order(known, value) { $0 >= 0 }
        }
    }

    private static func equality(_ known: [UInt8?], _ value: [UInt8]) -> Chance {
        var all = true
        for (octet, wanted) in zip(known, value) {
            guard let octet else {
                all = false
                continue
            }
            if octet != wanted { return .never }
        }
        return all ? .always : .maybe
    }

    private static func order(
        _ known: [UInt8?], _ value: [UInt8], _ test: (Int) -> Bool
    ) -> Chance {
        for (octet, wanted) in zip(known, value) {
            guard let octet else { return .maybe }
            if octet != wanted { return Chance(test(octet < wanted ? -1 : 1)) }
        }
        return Chance(test(0))
    }

    static func within(_ known: [UInt8?], _ from: [UInt8], _ to: [UInt8]) -> Chance {
        min(greaterOrEqual.holds(known, from), lessOrEqual.holds(known, to))
    }
}

extension SurveySet {
    /// Octets of a key; 0 for a set without elements.
    var keyLength: Int { elements.first { !$0.catchesAll }?.key.count ?? 0 }

    /// The elements that match, or may; those that certainly match end the list.
    func matches(_ known: [UInt8?]) -> [(chance: Chance, element: Element)] {
        var found: [(chance: Chance, element: Element)] = []
        let plain = elements.filter { !$0.catchesAll }
        if isInterval, !plain.contains(where: { $0.keyEnd != nil }) {
            found = intervals(plain).compactMap { element, end in
                var chance = RuleTerm.Comparison.greaterOrEqual.holds(known, element.key)
                if let end { chance = min(chance, RuleTerm.Comparison.less.holds(known, end)) }
                return chance == .never ? nil : (chance, element)
            }
        } else {
            for element in plain {
                let chance = Self.matches(known, element)
                if chance != .never { found.append((chance, element)) }
            }
        }
        if !found.contains(where: { $0.chance == .always }),
            let rest = elements.first(where: \.catchesAll)
        {
            found.append((found.isEmpty ? .always : .maybe, rest))
        }
        return found
    }

    /// Each start with the key after its end.
    private func intervals(_ elements: [Element]) -> [(Element, end: [UInt8]?)] {
        let sorted = elements.sorted {
            $0.key == $1.key
                ? $0.endsInterval && !$1.endsInterval : $0.key.lexicographicallyPrecedes($1.key)
        }
        return sorted.indices.filter { !sorted[$0].endsInterval }.map { index in
            (sorted[index], sorted.indices.contains(index + 1) ? sorted[index + 1].key : nil)
        }
    }

    private static func matches(_ known: [UInt8?], _ element: Element) -> Chance {
        guard let end = element.keyEnd else {
            return RuleTerm.Comparison.equal.holds(known, element.key)
        }
        // Each field of a concatenation starts at a multiple of 4 octets; longer ones are addresses, not known here.
        var chance = Chance.always
        for start in stride(from: 0, to: min(known.count, element.key.count, end.count), by: 4) {
            let field = start..<min(start + 4, known.count, element.key.count, end.count)
            chance = min(
                chance,
                RuleTerm.Comparison.within(
                    Array(known[field]), Array(element.key[field]), Array(end[field])))
        }
        return chance
    }
}
