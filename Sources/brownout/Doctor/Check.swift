/// One finding of `doctor`.
struct Check: Encodable, Equatable, Sendable {
    enum Level: String, Encodable, Sendable {
        /// Nothing here makes a fault miss.
        case pass
        /// Some faults, or some programs, may miss.
        case warn
        /// Faults do not act.
        case fail
        /// Could not be looked at.
        case skip
    }

    /// For programs; never changes.
    var id: String
    var level: Level
    /// What is there.
    var finding: String
    /// What to do about it; nil where nothing is to be done.
    var advice: String?

    init(_ id: String, _ level: Level, _ finding: String, advice: String? = nil) {
        self.id = id
        self.level = level
        self.finding = finding
        self.advice = advice
    }
}

/// What `doctor` found, in order.
struct DoctorReport: Encodable, Equatable {
    var checks: [Check]

    /// For people: a line for each check, findings aligned, advice below.
    var text: String {
        let width = checks.map(\.id.count).max() ?? 0
        var text = ""
        for check in checks {
            let fill = String(repeating: " ", count: width - check.id.count)
            let head = "\(check.level.rawValue)  \(check.id)\(fill)  "
            let blanks = String(repeating: " ", count: head.count)
            let lines = Wrapping.lines(check.finding, width: max(30, 96 - head.count))
            for (index, line) in lines.enumerated() {
                text += (index == 0 ? head : blanks) + line + "\n"
            }
            for (index, line) in Wrapping.lines(check.advice ?? "", width: max(30, 93 - head.count))
                .enumerated()
            {
                text += blanks + (index == 0 ? "-> " : "   ") + line + "\n"
            }
        }
        return text + "\n\(verdict)\n"
    }

    var verdict: String {
        let fails = checks.count { $0.level == .fail }
        let warns = checks.count { $0.level == .warn }
        if fails > 0 { return "Faults do not act here: \(fails) failed, \(warns) warned." }
        if checks.contains(where: { $0.id == "proof" && $0.level == .pass }) {
            return warns > 0
                ? "Faults act here; \(warns) warned: some programs may miss them."
                : "Faults act here."
        }
        return "Whether faults act here was not proved; \(warns) warned."
    }
}
