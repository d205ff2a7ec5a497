// The declarations of <sys/socket.h> may belong to either, depending on which is read first.
internal import CNetfilter
internal import Glibc

/// The protocol of sd_notify(3): one datagram to the socket that $NOTIFY_SOCKET names.
public enum ServiceManager {
    /// Sends a state such as `READY=1`, `WATCHDOG=1` or `STOPPING=1`. False if no service manager
    /// asked for it or it could not be told; there is nothing to do about that.
    @discardableResult
    public static func notify(_ state: String) -> Bool {
        guard let path = unsafe getenv("NOTIFY_SOCKET") else { return false }
        return notify(state, socket: unsafe String(cString: path))
    }

    /// `socket`: a path, or with a leading `@` a name in the abstract namespace (unix(7)).
    static func notify(_ state: String, socket path: String) -> Bool {
        var bytes = Array(path.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
        else { return false }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            // A path ends with a zero; an abstract name is as long as the address says.
            guard bytes.count < $0.count else { return false }
            unsafe $0.copyBytes(from: bytes)
            return true
        }
        guard fits,
            let socket = try? Descriptor(
                Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0),
                of: "socket")
        else { return false }
        let length =
            (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + bytes.count
            + (first == UInt8(ascii: "/") ? 1 : 0)
        let message = Array(state.utf8)
        let sent = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(
                    socket.number, message, message.count, Int32(MSG_NOSIGNAL), $0,
                    socklen_t(length))
            }
        }
        return sent == message.count
    }
}
