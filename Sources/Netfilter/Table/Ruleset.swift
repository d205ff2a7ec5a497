/// What the owner table is to intercept: which answers go to which packet queue, and until when.
public struct Ruleset: Equatable, Sendable {
    /// Answers over UDP from some ports, those that hold a label, those that a name filter picks,
    /// or all of them.
    public struct Prefilter: Equatable, Sendable {
        /// One whole label of a name, 1 to 63 octets without the length octet, matched in any case;
        /// nil takes every answer.
        public var label: [UInt8]?
        /// The name filter that picks answers, while it lives; nil takes every answer.
        public var names: NameFilter.ID?
        /// Source ports, each with the time for which the kernel keeps it: the end of the longest
        /// fault that needs it. A port with no time left is left out.
        public var ports: [UInt16: Duration]

        public init(
            label: [UInt8]? = nil, names: NameFilter.ID? = nil, ports: [UInt16: Duration]
        ) {
            self.label = label
            self.names = names
            self.ports = ports
        }
    }

    /// Queue for answers over UDP.
    public var queue: UInt16
    /// Queue for segments of TCP.
    public var streamQueue: UInt16
    public var udp: [Prefilter]
    /// Source ports of TCP, each with its time. There is no prefilter: a message may be split
    /// anywhere.
    public var tcp: [UInt16: Duration]

    public init(
        queue: UInt16, streamQueue: UInt16? = nil, udp: [Prefilter] = [],
        tcp: [UInt16: Duration] = [:]
    ) {
        self.queue = queue
        self.streamQueue = streamQueue ?? queue
        self.udp = udp
        self.tcp = tcp
    }

    /// Nothing is intercepted.
    public var isEmpty: Bool {
        !tcp.values.contains { $0 > .zero }
            && !udp.contains { $0.ports.values.contains { $0 > .zero } }
    }
}
