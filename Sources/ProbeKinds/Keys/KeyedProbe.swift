public import Spec

/// A kind whose keys are its stored properties, each named once in ``keys``: what reads them, what
/// the JSON Schema says of them and what `explain` prints follow from that.
public protocol KeyedProbe: Probe {
    /// The keys it takes, in the order in which people should read them.
    static var keys: [ProbeKey<Self>] { get }

    /// The key that may be given as a bare value: `http: http://…` for `http: {url: http://…}`.
    static var primaryKey: String? { get }

    /// The probe with its defaults; keys are then read into it.
    init()

    /// Checks keys against each other, once all are read.
    func check(_ fields: Fields) throws(SpecError)
}

extension KeyedProbe {
    public static var primaryKey: String? { nil }
    public func check(_ fields: Fields) throws(SpecError) {}

    public static var schema: KeyGroup {
        KeyGroup(name, text.summary, keys: keys.map(\.schema), primary: primaryKey)
    }

    public init(_ node: Node) throws(SpecError) {
        self.init()
        var fields = try Fields(node, of: "the \(Self.name) probe", primary: Self.primaryKey)
        for key in Self.keys {
            if key.isRequired, !fields.contains(key.name) { throw fields.missing(key.name) }
            try key.read(&fields, &self)
        }
        try fields.finish()
        try check(fields)
    }
}
