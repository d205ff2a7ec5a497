public import Spec
public import Wire

/// Names, what happens to their answers and connections, and when: one fault file, or one typed on the command line.
///
/// Which keys there are and what they mean is in ``Fault/keys``.
public struct Fault: Sendable {
    public var title: String?
    public var about: String?
    public var source: String?
    public var names: [NamePattern]
    public var except: [NamePattern] = []
    public var types: [DNS.RecordType] = Fault.addressTypes
    public var port: UInt16 = Fault.dnsPort
    /// What happens to answers.
    public var effects: [any DNSEffect]
    /// What happens to connections.
    public var net: NetTerms?
    public var probability = 1.0
    public var flap: Flap?
    public var after = Duration.zero
    public var seed: UInt64?
    public var leg = Leg.auto
    public var mark = true
    public var resolvers: [CIDR] = []
    /// Whose traffic alone it is about; nil: everybody's.
    public var scope: Scope?
    /// How long it lives unless told otherwise.
    public var lease: Duration?
    /// What it was read from.
    public var node: Node

    /// The types whose answers carry addresses, or hints of them.
    public static let addressTypes: [DNS.RecordType] = [.a, .aaaa, .https, .svcb, .any]
    /// RFC 1035 section 4.2.
    public static let dnsPort: UInt16 = 53

    /// Reads a fault.
    ///
    /// - Throws: Where and what is wrong, for the first key that is.
    public init(_ node: Node) throws(SpecError) {
        self.node = node
        var fields = try Fields(node, of: "a fault")
        title = try fields.string("title")
        about = try fields.string("about")
        source = try fields.string("source")
        names = try fields.patterns("names") ?? []
        except = try fields.patterns("except") ?? []
        types =
            try fields.values(
                "types", as: DNS.RecordType.self, kind: "a record type",
                hint: "write A, AAAA, HTTPS or TYPE65") ?? Self.addressTypes
        port = try fields.integer("port", in: 1...UInt16.max) ?? Self.dnsPort
        let (dns, connections) = (try fields.node("dns"), try fields.node("net"))
        effects =
            try dns.map { (node) throws(SpecError) in
                try Self.effects(node, key: "dns", EffectCatalogue.all).compactMap {
                    $0 as? any DNSEffect
                }
            } ?? []
        let net = try connections.map { (node) throws(SpecError) in
            try Self.effects(node, key: "net", EffectCatalogue.net).compactMap {
                $0 as? any NetEffect
            }
        }
        if names.isEmpty, dns != nil || net == nil { throw fields.missing("names") }
        guard dns != nil || net != nil else { throw fields.missing("dns") }
        if let net { self.net = try NetTerms(&fields, effects: net, names: names) }
        probability = try fields.percentage("probability")?.fraction ?? 1
        if probability == 0 {
            throw fields.error("probability", "at 0% it never acts", hint: "write 1% or more")
        }
        flap = try fields.node("flap").map { (node) throws(SpecError) in try Flap(node) }
        after = try fields.duration("after") ?? .zero
        seed = try fields.integer("seed", in: 0...UInt64.max)
        leg = try fields.choice("leg", of: Leg.self) ?? .auto
        mark = try fields.bool("mark") ?? true
        resolvers =
            try fields.values(
                "resolvers", as: CIDR.self, kind: "an address or network",
                hint: "write 10.0.0.53 or 10.0.0.0/8") ?? []
        scope = try fields.node("scope").map { (node) throws(SpecError) in try Scope(node) }
        lease = try fields.duration("for", in: Self.leaseRange)
        try fields.finish()
    }

    /// The patterns of all names whose answers it looks at: those that it changes, and those whose
    /// addresses its effects on connections follow.
    public var watchedNames: [NamePattern] {
        net.map { net in names + net.names.map(\.pattern).filter { !names.contains($0) } } ?? names
    }

    /// What would match nearly everything, in the words of the file.
    public var tooBroad: [String] {
        names.filter(\.isTooBroad).map(\.description)
            + (net?.tooBroad.filter { broad in !names.contains { $0.description == broad } } ?? [])
    }

    /// A lease is at least long enough to be noticed; the agent sets the upper bound.
    static let leaseRange = Duration.milliseconds(100)...Duration.seconds(366 * 86_400)

    /// Effects in order: `dns: empty`, `dns: {delay: 300ms}` or a list of these.
    private static func effects(
        _ node: Node, key: String, _ kinds: [any FaultEffect.Type]
    ) throws(SpecError) -> [any FaultEffect] {
        let items = node.elements ?? [node]
        let example = kinds.first?.name ?? ""
        var effects: [any FaultEffect] = []
        for item in items {
            if let entries = item.entries {
                for entry in entries {
                    effects.append(
                        try effect(
                            named: entry.key, at: entry.keyLocation, entry.value, among: kinds))
                }
            } else if let name = item.text {
                let bare = Node.mapping([], at: item.location)
                effects.append(try effect(named: name, at: item.location, bare, among: kinds))
            } else {
                let keyed = key == "dns" ? "delay" : "latency"
                throw SpecError(
                    location: item.location, key: key, problem: "expected an effect",
                    hint: "write `- \(example)` or `- \(keyed): {by: 300ms}`")
            }
        }
        guard !effects.isEmpty else {
            let names = kinds.map { $0.name }.joined(separator: ", ")
            throw SpecError(
                location: node.location, key: key, problem: "no effect is given",
                hint: "write `\(key): \(example)`, or one of \(names)")
        }
        return effects
    }

    private static func effect(
        named name: String, at location: SourceLocation, _ node: Node,
        among kinds: [any FaultEffect.Type]
    ) throws(SpecError) -> any FaultEffect {
        guard let kind = kinds.first(where: { $0.name == name }) else {
            let names = kinds.map { $0.name }
            let nearest = Suggestion.nearest(to: name, among: names)
            throw SpecError(
                location: location, key: name, problem: "there is no such effect",
                hint: nearest.map { "did you mean `\($0)`?" }
                    ?? "there are \(names.joined(separator: ", "))")
        }
        return try kind.init(node)
    }
}

extension Flap {
    /// Reads `{on: 10s, off: 5s, jitter: 1s}`.
    init(_ node: Node) throws(SpecError) {
        let range = Duration.milliseconds(10)...Duration.seconds(366 * 86_400)
        var fields = try Fields(node, of: "flap")
        on = try fields.requiredDuration("on", in: range)
        off = try fields.requiredDuration("off", in: range)
        jitter = try fields.duration("jitter") ?? .zero
        if jitter > min(on, off) {
            throw fields.error(
                "jitter", "it is longer than a phase", hint: "write at most \(min(on, off).spec)")
        }
        try fields.finish()
    }
}
