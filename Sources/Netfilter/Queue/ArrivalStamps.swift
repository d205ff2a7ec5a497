internal import CNetfilter
internal import Glibc

/// Makes the kernel note when each packet enters the host, as long as this lives; the queues' packets
/// then bring that time with them (NFQA_TIMESTAMP).
///
/// The kernel does so, for all packets, while any socket on the host asks for it; that costs every
/// packet a look at the clock. It starts a moment after the first one asks.
struct ArrivalStamps: ~Copyable {
    /// A socket that never receives anything.
    private let asking: NetlinkSocket

    /// Nil if the kernel refuses. The corresponding C call is `setsockopt` with SO_TIMESTAMPNS.
    init?() {
        guard let socket = try? NetlinkSocket(),
            socket.set(SO_TIMESTAMPNS, level: SOL_SOCKET, to: 1)
        else { return nil }
        asking = socket
    }

    /// What a packet may have waited for the loop: more than a full queue takes. A stamp that says
    /// more is from before the clock was set.
    static let longestWait: UInt64 = 2_000_000_000

    /// A time of CLOCK_REALTIME on the loop's clock; `now` if it cannot be right.
    static func monotonic(_ stamp: UInt64, now: UInt64, wallNow: UInt64) -> UInt64 {
        guard stamp > 0, stamp <= wallNow, wallNow - stamp <= min(longestWait, now)
        else { return now }
        return now - (wallNow - stamp)
    }
}
