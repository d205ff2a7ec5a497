/// How far a packet has come through the expressions of one rule.
struct RuleProgress {
    let packet: SurveyPacket
    var registers = SurveyRegisters()
    /// Whether all expressions until now hold.
    private(set) var chance = Chance.always
    /// One of them asks for port 53.
    private(set) var namesPort = false

    init(_ packet: SurveyPacket) { self.packet = packet }

    mutating func require(_ chance: Chance, namesPort: Bool = false) {
        self.chance = min(self.chance, chance)
        self.namesPort = self.namesPort || namesPort
    }

    /// Takes an expression that neither decides nor looks into a set.
    mutating func take(_ term: RuleTerm) {
        switch term {
        case .load(let field, let at, let length):
            registers.write(
                packet.octets(of: field, length: length),
                names: packet.namesPort(field, length: length), at: at)
        case .constant(let octets, let at): registers.write(octets, at: at)
        case .mask(let from, let to, let mask, let xor):
            registers.mask(from: from, to: to, mask: mask, xor: xor)
        case .spoil: registers.forget()
        case .compare(let at, let comparison, let value):
            require(
                comparison.holds(registers.read(at: at, value.count), value),
                namesPort: comparison != .notEqual && registers.namesPort(at: at, value.count))
        case .range(let at, let inverted, let from, let to):
            let within = RuleTerm.Comparison.within(registers.read(at: at, from.count), from, to)
            require(
                inverted ? !within : within,
                namesPort: !inverted && registers.namesPort(at: at, from.count))
        case .ports(let ports):
            let match = ports.match(packet)
            require(match.chance, namesPort: match.namesPort)
        case .connectionState(let mask, let inverted):
            guard let state = packet.connectionState else { return require(.maybe) }
            require(Chance((state & mask != 0) != inverted))
        case .condition, .unread: require(.maybe)
        case .statement, .lookup, .verdict, .act: break
        }
    }
}
