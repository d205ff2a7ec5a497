/// Follows the packets of the survey through the base chains of others.
struct SurveyWalk<Source: SurveySource & ~Copyable>: ~Copyable {
    private var source: Source
    private let isLate: () -> Bool
    private var survey = TableSurvey()
    private var rules: [SurveyName: [SurveyRule]] = [:]
    private var sets: [SurveyName: SurveySet?] = [:]
    private var steps = 0
    private var stopped = false

    /// NFT_JUMP_STACK_SIZE.
    private static var mostJumps: Int { 16 }
    /// More are neither read by anybody nor of any use.
    private static var mostFindings: Int { 64 }

    /// - Parameter isLate: asked now and then; true ends the walk with what it has.
    init(_ source: consuming Source, isLate: @escaping () -> Bool) {
        self.source = source
        self.isLate = isLate
    }

    consuming func run() throws(NetlinkError) -> TableSurvey {
        let chains = try source.baseChains()
        for packets in TableSurvey.Packets.allCases {
            let path = chains.compactMap { SurveyStop($0, packets) }.sorted(by: <)
            for stop in path {
                for packet in SurveyPacket.all(packets) where stop.takes(packet) {
                    try visit(stop, packet)
                }
            }
        }
        survey.chains = chains.count { chain in
            TableSurvey.Packets.allCases.contains { SurveyStop(chain, $0) != nil }
        }
        survey.rules = rules.values.reduce(0) { $0 + $1.count }
        survey.unread = rules.values.joined().count { $0.terms.contains(.unread) }
        survey.cut = survey.cut ?? source.cut
        return survey
    }

    private mutating func visit(_ stop: SurveyStop, _ packet: SurveyPacket) throws(NetlinkError) {
        var packet = packet
        packet.isTracked = stop.isTracked
        // What has the priority of ours may come before it or after it.
        let visit = Visit(stop: stop, packet: packet, certain: !stop.maybeLater)
        let through = try follow(stop.chain.name, visit)
        guard stop.chain.dropsByPolicy, through != .never, !stopped else { return }
        var end = visit
        end.certain = visit.certain && through == .always
        note(.drop, at: nil, in: stop.chain.name, end)
    }

    /// Where a packet is, and how sure it is that it comes there.
    private struct Visit {
        var stop: SurveyStop
        var packet: SurveyPacket
        var certain: Bool
        var namesPort = false
        var jumps = 0
    }

    /// What becomes of the packets within one chain.
    private struct Flow {
        /// Some of them may have met their end.
        var lost = false
        /// Some of them may have gone back to where the chain was called.
        var left = false
        /// None goes on here.
        var isOver = false

        mutating func end(_ chance: Chance) {
            isOver = chance == .always
            lost = lost || left || !isOver
        }

        mutating func goBack(_ chance: Chance) {
            left = true
            isOver = isOver || chance == .always
        }

        /// How many come out of the chain.
        var through: Chance {
            if isOver && !left { return .never }
            return lost ? .maybe : .always
        }
    }

    /// Walks a chain; says whether packets come out at its end, or go back.
    private mutating func follow(
        _ chain: SurveyName, _ visit: Visit
    ) throws(NetlinkError) -> Chance {
        var flow = Flow()
        for rule in try rules(of: chain) where !flow.isOver {
            guard goesOn() else { return .maybe }
            var here = visit
            here.certain = visit.certain && !flow.lost && !flow.left
            try apply(rule, in: chain, here, &flow)
        }
        // Of a chain that was not read to its end nobody knows what comes out.
        return source.cut == nil ? flow.through : min(flow.through, .maybe)
    }

    private mutating func apply(
        _ rule: SurveyRule, in chain: SurveyName, _ visit: Visit, _ flow: inout Flow
    ) throws(NetlinkError) {
        var match = RuleProgress(visit.packet)
        for term in rule.terms {
            guard match.chance != .never, !flow.isOver else { return }
            var here = visit
            here.certain = visit.certain && match.chance == .always
            here.namesPort = visit.namesPort || match.namesPort
            switch term {
            case .lookup(let at, let name, let inverted, let gives):
                guard let set = try set(chain.sibling(name)) else {
                    match.require(.maybe)
                    match.registers.forget()
                    continue
                }
                let found = set.matches(match.registers.read(at: at, set.keyLength))
                let named = match.registers.namesPort(at: at, set.keyLength)
                for (chance, element) in found where gives == .verdict && !flow.isOver {
                    guard let verdict = element.verdict else { continue }
                    var branch = here
                    branch.certain = here.certain && chance == .always
                    branch.namesPort = here.namesPort || (named && !element.catchesAll)
                    try act(verdict, min(chance, match.chance), rule, in: chain, branch, &flow)
                }
                let chance = found.map(\.chance).max() ?? .never
                match.require(inverted ? !chance : chance, namesPort: named && !inverted)
                if gives == .data { match.registers.forget() }
            case .verdict(let verdict):
                try act(verdict, match.chance, rule, in: chain, here, &flow)
                return
            case .act(let action):
                if perform(action, match, rule, in: chain, here, &flow) { return }
            default: match.take(term)
            }
        }
    }

    /// False where the rule goes on after it.
    private mutating func perform(
        _ action: RuleAction, _ match: RuleProgress, _ rule: SurveyRule, in chain: SurveyName,
        _ visit: Visit, _ flow: inout Flow
    ) -> Bool {
        let told: TableSurvey.Action =
            switch action {
            case .intercept: .intercept
            case .untrack: .untrack
            case .offload: .offload
            case .reject: .reject
            case .divert: .divert
            case .queue(let number): .queue(number)
            case .translate(let port): .translate(port: match.registers.port(port))
            case .redirect(let port): .redirect(port: match.registers.port(port))
            }
        note(told, at: rule, in: chain, visit)
        switch action {
        case .intercept, .untrack, .offload: return false
        default:
            flow.end(match.chance)
            return true
        }
    }

    private mutating func act(
        _ verdict: RuleVerdict, _ chance: Chance, _ rule: SurveyRule, in chain: SurveyName,
        _ visit: Visit, _ flow: inout Flow
    ) throws(NetlinkError) {
        switch verdict {
        case .goOn: break
        case .accept: flow.end(chance)
        case .drop:
            note(.drop, at: rule, in: chain, visit)
            flow.end(chance)
        case .queue(let number):
            note(.queue(number), at: rule, in: chain, visit)
            flow.end(chance)
        case .goBack: flow.goBack(chance)
        case .jump(let name), .goto(let name):
            guard visit.jumps < Self.mostJumps else { return }
            var inner = visit
            inner.jumps += 1
            let through = try follow(chain.sibling(name), inner)
            if through == .never { return flow.end(chance) }
            if through == .maybe { flow.lost = true }
            if case .goto = verdict { flow.goBack(chance) }
        }
    }

    private mutating func note(
        _ action: TableSurvey.Action, at rule: SurveyRule?, in chain: SurveyName, _ visit: Visit
    ) {
        guard visit.stop.matters(action, certain: visit.certain, namesPort: visit.namesPort)
        else { return }
        let place = TableSurvey.Place(
            family: visit.stop.family, table: chain.table, chain: chain.name,
            base: visit.stop.chain.name.name, hook: visit.stop.hook.rawValue,
            priority: visit.stop.chain.priority, handle: rule?.handle)
        let packet = visit.packet
        let known = survey.findings.firstIndex {
            $0.place == place && $0.action == action && $0.packets == packet.packets
                && $0.certain == visit.certain
        }
        if let known {
            survey.findings[known].transports.insert(packet.transport)
            survey.findings[known].families.insert(packet.family)
            survey.findings[known].namesPort = survey.findings[known].namesPort || visit.namesPort
        } else if survey.findings.count < Self.mostFindings {
            survey.findings.append(
                TableSurvey.Finding(
                    place: place, action: action, packets: packet.packets,
                    transports: [packet.transport], families: [packet.family],
                    certain: visit.certain, namesPort: visit.namesPort))
        } else {
            survey.cut = "more than \(Self.mostFindings) rules decide about port 53"
        }
    }

    private mutating func rules(of chain: SurveyName) throws(NetlinkError) -> [SurveyRule] {
        if let known = rules[chain] { return known }
        let read = try source.rules(of: chain)
        rules[chain] = read
        survey.cut = survey.cut ?? source.cut
        return read
    }

    private mutating func set(_ name: SurveyName) throws(NetlinkError) -> SurveySet? {
        if let known = sets[name] { return known }
        let read = try source.set(name)
        sets[name] = .some(read)
        return read
    }

    private mutating func goesOn() -> Bool {
        steps += 1
        if !stopped, steps % 256 == 0, isLate() {
            stopped = true
            survey.cut = "following the rules took too long"
        }
        return !stopped
    }
}
