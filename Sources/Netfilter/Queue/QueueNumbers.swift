/// The numbers of the packet queues that one agent uses: a run without gaps.
public struct QueueNumbers: Equatable, Sendable {
    /// Answers over UDP; bound without NFQA_CFG_F_GSO, so that each datagram arrives by itself.
    public let datagrams: UInt16
    /// Segments of TCP; bound with NFQA_CFG_F_GSO, so that a train of segments arrives as one
    /// packet.
    public var streams: UInt16 { datagrams + 1 }
    /// Where held packets wait: several, as the kernel may search a queue from its start for each
    /// verdict.
    public var holds: ClosedRange<UInt16> { datagrams + 2...datagrams + 1 + UInt16(Self.holdCount) }

    /// Packets of connections that faults hold back, in either direction; bound as `streams` is.
    public var connections: UInt16 { holds.upperBound + 1 }

    /// Packets of connections that may be meant by the name that they ask for; bound as `streams` is.
    public var greetings: UInt16 { connections + 1 }

    public static let holdCount = 16
    /// How many numbers one agent needs.
    public static let count = 4 + holdCount
    /// The first number that is tried when none is asked for. Away from 0, which most programs
    /// take.
    public static let firstTried: UInt16 = 53_000

    /// Nil if the run would not fit below 65,536.
    public init?(first: UInt16) {
        guard Int(first) + Self.count <= 1 << 16 else { return nil }
        datagrams = first
    }

    func overlaps(_ used: Set<UInt16>) -> Bool {
        used.contains { (datagrams...greetings).contains($0) }
    }

    /// The queue numbers that somebody has bound in the network namespace of the calling thread.
    /// Empty inside a user namespace, where the file belongs to a stranger: there, trying is the
    /// only way to find out.
    public static func inUse() -> Set<UInt16> {
        parse(readTextFile("/proc/thread-self/net/netfilter/nfnetlink_queue"))
    }

    /// First field of each line: the queue number (nfnetlink_queue.c, `seq_show`).
    static func parse(_ text: String) -> Set<UInt16> {
        Set(
            text.split(separator: "\n").compactMap {
                $0.split(separator: " ").first.flatMap { UInt16($0) }
            })
    }
}
