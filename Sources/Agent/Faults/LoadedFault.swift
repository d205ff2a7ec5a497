public import Control
public import Wire

/// A fault that has been read and checked, as far as the agent needs to know it.
public struct LoadedFault: Sendable {
    /// What people call it.
    public var name: String
    /// Its patterns in Spec's text form.
    public var names: [String]
    /// The addresses and networks whose connections it acts on, as people see them.
    public var hosts: [String]
    /// The same, as values.
    public var networks: [CIDR]
    /// Patterns of names that it leaves alone.
    public var except: [String]
    /// Those of `names` that would match nearly everything; a fault with one of them is refused.
    public var tooBroad: [String]
    /// Its effects in order, in a few words each.
    public var effects: [String]
    /// Whether it would cut a session, as far as it names addresses or everybody.
    public var cuts: @Sendable (ClientSession) -> Bool = { _ in false }
    /// Whose traffic alone it is about; nil: everybody's.
    public var scope: HeldScope?
    /// How long it lasts when the request does not say.
    public var lease: Duration?
    /// The seed that it asks for.
    public var seed: UInt64?
    /// The fault as it was read.
    public var spec: JSONValue
    /// What the data path needs of it; the agent only hands it on.
    public var content: any Sendable

    public init(
        name: String, names: [String], hosts: [String] = [], networks: [CIDR] = [],
        except: [String] = [], tooBroad: [String] = [],
        effects: [String], lease: Duration? = nil, seed: UInt64? = nil, spec: JSONValue,
        content: any Sendable
    ) {
        self.name = name
        self.names = names
        self.hosts = hosts
        self.networks = networks
        self.except = except
        self.tooBroad = tooBroad
        self.effects = effects
        self.lease = lease
        self.seed = seed
        self.spec = spec
        self.content = content
    }
}

/// Reads what Spec and FaultKinds know how to read.
public struct SpecReader: Sendable {
    /// Reads a fault's text. `name` is what people see and the file in `file:line:column`; nil: the
    /// reader's choice. Throws an `APIError` with code `spec` and the location.
    public var fault: @Sendable (_ text: String, _ name: String?) throws(APIError) -> LoadedFault
    /// Reads duration text (`60s`, `1h30m`). Throws an `APIError` with code `request`.
    public var duration: @Sendable (_ text: String) throws(APIError) -> Duration
    /// Reads a name pattern and gives its normal form. Throws an `APIError` with code `spec`.
    public var pattern: @Sendable (_ text: String) throws(APIError) -> String

    public init(
        fault: @escaping @Sendable (String, String?) throws(APIError) -> LoadedFault,
        duration: @escaping @Sendable (String) throws(APIError) -> Duration,
        pattern: @escaping @Sendable (String) throws(APIError) -> String
    ) {
        self.fault = fault
        self.duration = duration
        self.pattern = pattern
    }
}
