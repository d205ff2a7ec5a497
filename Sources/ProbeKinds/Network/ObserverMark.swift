import FoundationEssentials
import Glibc
import NIOCore
import Wire

/// The mark on sockets of probes that only watch: no fault on connections touches what bears it.
enum ObserverMark {
    static let option = ChannelOptions.socket(SocketOptionLevel(SOL_SOCKET), SO_MARK)
    static let value = Int(PacketMark.observer)

    /// Throws where this process may not set it.
    static func check() throws(ProbeError) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        guard mayMark(status) else {
            throw ProbeError("`observer` needs CAP_NET_ADMIN to mark its packets: run as root")
        }
    }

    /// Whether CAP_NET_ADMIN is among the effective capabilities of proc_pid_status(5).
    static func mayMark(_ status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let set = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) }
        return (set ?? 0) & 1 << 12 != 0
    }
}
