/// What is to become of a packet.
public enum Verdict: Equatable, Sendable {
    /// Goes on unchanged.
    case accept
    /// Is never seen again.
    case drop
    /// Goes on with the bytes given to `Reply.replace(with:)`.
    case replace
    /// Waits in the kernel until a time on the loop's clock (`Reply.now`, ns of CLOCK_MONOTONIC),
    /// or until released or dropped by its token, which any number of packets may share. With
    /// `replaced`, what waits are the bytes given to `Reply.replace(with:)`. A time that has passed
    /// is `accept` or `replace`.
    case hold(until: UInt64, token: UInt64, replaced: Bool)
}

/// What is known of a packet besides its bytes, which start at the IP header.
public struct PacketInfo: Equatable, Sendable {
    /// Where in the kernel the packet was stopped.
    public enum Hook: Equatable, Sendable {
        /// It is for this host.
        case input
        /// It is for somebody behind this host.
        case forward
        /// It leaves this host.
        case output
        /// A hook number that our rules do not use.
        case other(UInt8)
    }

    /// Why a rule has queued it.
    public enum Purpose: Equatable, Sendable {
        /// It may be an answer.
        case answer
        /// A fault holds packets of its connection back.
        case connection
        /// Its connection may be meant by the name that it asks for.
        case greeting

        init(of queue: UInt16, among numbers: QueueNumbers) {
            self =
                switch queue {
                case numbers.connections: .connection
                case numbers.greetings: .greeting
                default: .answer
                }
        }
    }

    public var hook: Hook
    public var purpose: Purpose
    /// Index of the interface that the packet came in by; 0 if unknown.
    public var inputInterface: UInt32
    /// When the loop took the packet from the kernel, in ns of CLOCK_MONOTONIC.
    public var arrival: UInt64
    /// When the packet entered the host, in ns of CLOCK_MONOTONIC: before it waited for the loop.
    /// The same as `arrival` unless the loop was told to find out (`Reply.stampArrivals`).
    public var entered: UInt64
    /// True for IPv6, false for IPv4.
    public var isIPv6: Bool
    /// The checksum in the transport header is not computed yet (NFQA_SKB_CSUMNOTREADY).
    public var checksumNotReady: Bool
    /// The packet stands for several segments of TCP (NFQA_SKB_GSO): longer than the interface's
    /// MTU.
    public var isSegmentTrain: Bool
    /// The packet mark that it came with; it leaves with the same one.
    public var mark: UInt32
}

/// What a rule has decided of a packet that it sends to the queue for connections, as its mark says.
public enum CondemnedPacket: Equatable, Sendable {
    /// Whoever reads the queue drops it.
    case dropped
    /// It is let go on with its mark, and rejected behind the queue with a code of NFT_REJECT_ICMPX_….
    case rejected(code: UInt8)

    /// "drop" in ASCII, and "rej" with the code.
    public var mark: UInt32 {
        switch self {
        case .dropped: 0x6472_6F70
        case .rejected(let code): 0x7265_6A00 | UInt32(code)
        }
    }

    public init?(mark: UInt32) {
        if mark == Self.dropped.mark {
            self = .dropped
        } else if mark & ~3 == Self.rejected(code: 0).mark {
            self = .rejected(code: UInt8(mark & 3))
        } else {
            return nil
        }
    }
}
