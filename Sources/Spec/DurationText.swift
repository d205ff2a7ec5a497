/// Durations as people write them: `250ms`, `60s`, `5m`, `2h`, `1d`, `1h30m`, `1.5s`, `0s`.
///
/// Units, largest first and each at most once: `d h m s ms us`. A point is allowed in each number.
/// The finest step is a nanosecond. A bare number is an error, for nobody can see its unit.
enum DurationText {
    /// Nanoseconds of each unit, largest first: the order in which they may be written.
    static let units: [(name: String, nanoseconds: Int)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ]

    /// Ten years: far beyond every use here, and far from the end of Int in nanoseconds.
    static let longest = 3_650 * 86_400_000_000_000

    static func nanoseconds(_ text: String) throws(ValueProblem) -> Int {
        let usual = "write 250ms, 60s or 5m"
        let wrong = "\(Quoting.quoted(text)) is not a duration"
        if Decimal(text) != nil {
            throw ValueProblem(
                "\(Quoting.quoted(text)) has no unit",
                hint: "write \(Quoting.shortened(text))s for seconds, or 250ms, 5m, 2h, 1d")
        }
        // The second character is looked at first: "-----" must not recurse once a dash.
        if text.hasPrefix("-"), text.dropFirst().first?.isNumber == true,
            (try? nanoseconds(String(text.dropFirst()))) != nil
        {
            throw ValueProblem("\(Quoting.quoted(text)) is negative", hint: usual)
        }
        var rest = Substring(text)
        var total = 0
        var next = 0
        repeat {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(unit.count)
            guard let decimal = Decimal(String(number)) else {
                throw ValueProblem(wrong, hint: usual)
            }
            guard let index = units.firstIndex(where: { $0.name == unit }) else {
                throw ValueProblem(wrong, hint: usual)
            }
            guard index >= next else {
                throw ValueProblem(
                    wrong, hint: "write each unit once, the largest first, such as 1h30m")
            }
            next = index + 1
            guard let step = decimal.scaled(by: units[index].nanoseconds), step <= longest,
                total + step <= longest
            else {
                throw ValueProblem(
                    "\(Quoting.quoted(text)) is too long or too fine a duration",
                    hint: "the most is 3650d, the finest step a nanosecond")
            }
            total += step
        } while !rest.isEmpty
        return total
    }

    /// The shortest text that reads back as the same number of nanoseconds.
    static func text(nanoseconds: Int) -> String {
        if nanoseconds == 0 { return "0s" }
        if nanoseconds < 0 { return "-" + text(nanoseconds: 0 - max(nanoseconds, -Int.max)) }
        var best: String?
        func offer(_ text: String) { if text.count < best?.count ?? .max { best = text } }
        var rest = nanoseconds
        var parts = ""
        for unit in units {
            if rest / unit.nanoseconds > 0 { parts += "\(rest / unit.nanoseconds)\(unit.name)" }
            rest %= unit.nanoseconds
        }
        if rest == 0 { offer(parts) }
        for unit in units {
            var step = unit.nanoseconds
            while step.isMultiple(of: 10) { step /= 10 }
            let scale = unit.nanoseconds / step
            let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: unit.nanoseconds)
            guard part.isMultiple(of: step) else { continue }
            // A point reads well in seconds and below; 0.5d does not.
            guard part == 0 || unit.nanoseconds <= 1_000_000_000 else { continue }
            // Nor does 0.3s: 300ms has been offered, or will be.
            guard whole > 0 || unit.nanoseconds == units.last?.nanoseconds else { continue }
            let places = String(scale).count - 1
            offer(Decimal.text(whole: whole, rest: part / step, digits: places) + unit.name)
        }
        return best ?? "\(nanoseconds / 1_000_000_000)s"
    }
}

extension Duration {
    /// Reads `250ms`, `60s`, `5m`, `2h`, `1d`, `1h30m`, `1.5s`, `0s`; at most `3650d`.
    public init(parsing text: String) throws(ValueProblem) {
        self = .nanoseconds(try DurationText.nanoseconds(text))
    }

    /// The shortest text that `init(parsing:)` reads back as the same duration, to the nanosecond.
    ///
    /// What lies beyond 3650 days is cut to that: no spec can say it.
    public var spec: String {
        let (seconds, attoseconds) = components
        let longest = Int64(DurationText.longest / 1_000_000_000)
        let clamped = Swift.min(Swift.max(seconds, -longest), longest)
        let fine = clamped == seconds ? Int(attoseconds / 1_000_000_000) : 0
        return DurationText.text(nanoseconds: Int(clamped) * 1_000_000_000 + fine)
    }
}
