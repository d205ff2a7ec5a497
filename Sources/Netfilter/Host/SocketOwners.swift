internal import CNetfilter
internal import Glibc

/// Whose sockets of this host are, as sock_diag(7) tells: asked for one packet at a time, it finds the
/// socket as the kernel itself finds the receiver of that packet.
public struct SocketOwners: ~Copyable, Sendable {
    /// Who opened a socket.
    public struct Owner: Equatable, Sendable {
        public var user: UInt32
        /// The id of the control group (cgroup v2): the inode of its folder.
        public var cgroup: UInt64
    }

    private let socket: NetlinkSocket
    private var sequence: UInt32 = 1

    /// SOCK_DIAG_BY_FAMILY of <linux/sock_diag.h>.
    private static let byFamily: UInt16 = 20
    /// struct inet_diag_msg of <linux/inet_diag.h>: the user is at octet 64 of 72.
    private static let userOffset = 64
    private static let messageLength = 72
    /// INET_DIAG_CGROUP_ID.
    private static let cgroupAttribute: UInt16 = 21
    private static let patience: Int32 = 200

    /// Opens a socket in the network namespace of the calling thread, and tries it.
    ///
    /// - Throws: `.unsupported` where the kernel does not know the owners of sockets of UDP.
    public static func open() throws(NetlinkError) -> SocketOwners {
        var owners = SocketOwners(socket: try NetlinkSocket(NETLINK_SOCK_DIAG))
        try owners.prove()
        return owners
    }

    private init(socket: consuming NetlinkSocket) { self.socket = socket }

    /// Who has the socket at this host's end; nil if there is none.
    ///
    /// - Parameters:
    ///   - transport: IPPROTO_TCP or IPPROTO_UDP.
    public mutating func owner(
        transport: UInt8, own: OpenConnections.End, other: OpenConnections.End
    ) -> Owner? {
        guard own.address.count == other.address.count else { return nil }
        sequence &+= 1
        // Of UDP the kernel wants the ends as a packet to the socket has them ("swapped for historical
        // reasons", net/ipv4/udp_diag.c).
        let (first, second) = transport == UInt8(IPPROTO_UDP) ? (other, own) : (own, other)
        var identity = first.port.octets + second.port.octets
        for end in [first, second] {
            identity += end.address + [UInt8](repeating: 0, count: 16 - end.address.count)
        }
        // Any interface, any cookie (INET_DIAG_NOCOOKIE).
        identity += [0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)
        let family = UInt8(own.address.count == 4 ? AF_INET : AF_INET6)
        guard send([family, transport, 0, 0] + UInt32.max.hostOctets + identity) else { return nil }
        return receive()
    }

    private func send(_ body: [UInt8]) -> Bool {
        let header = UInt32(16 + body.count).hostOctets
        let type = UInt32(Self.byFamily) | UInt32(NLM_F_REQUEST) << 16
        #if _endian(little)
            let kind = type.hostOctets
        #else
            let kind = (type >> 16 | type << 16).hostOctets
        #endif
        let message = header + kind + sequence.hostOctets + [0, 0, 0, 0] + body
        return unsafe message.withUnsafeBytes { unsafe socket.send($0) } == 0
    }

    private func receive() -> Owner? {
        // An answer is some 200 octets.
        var room = [UInt8](repeating: 0, count: 2_048)
        while true {
            var count = unsafe room.withUnsafeMutableBytes { unsafe socket.receive(into: $0) }
            if count < 0, Glibc.errno == EAGAIN {
                guard socket.waitReadable(milliseconds: Self.patience) else { return nil }
                count = unsafe room.withUnsafeMutableBytes { unsafe socket.receive(into: $0) }
            }
            guard count > 0 else { return nil }
            for message in NetlinkMessages(Array(room[..<count]))
            where message.sequence == sequence {
                return message.type == Self.byFamily ? Self.owner(message.payload) : nil
            }
        }
    }

    private static func owner(_ payload: ArraySlice<UInt8>) -> Owner? {
        guard payload.count >= messageLength else { return nil }
        let start = payload.startIndex
        let user = number(payload[(start + userOffset)..<(start + userOffset + 4)])
        var rest = payload.dropFirst(messageLength)
        while rest.count >= 4 {
            let length = Int(NetlinkAttributes.hostWord(rest, rest.startIndex))
            guard length >= 4, length <= rest.count else { return nil }
            if NetlinkAttributes.hostWord(rest, rest.startIndex + 2) == cgroupAttribute,
                length >= 12
            {
                let value = rest.dropFirst(4).prefix(8)
                return Owner(user: UInt32(truncatingIfNeeded: user), cgroup: number(value))
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }

    /// Octets in the host's order.
    private static func number(_ octets: ArraySlice<UInt8>) -> UInt64 {
        #if _endian(little)
            return octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        #else
            return octets.reduce(0) { $0 << 8 | UInt64($1) }
        #endif
    }

    /// Finds the owner of a socket of our own. Without it an answer for a socket and "I know nothing of
    /// UDP" are the same: ENOENT.
    private mutating func prove() throws(NetlinkError) {
        let mine = try Descriptor(
            Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0),
            of: "socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        // 127.0.0.1, in network order.
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let problem = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(mine.number, generic, length) != 0
                    || getsockname(mine.number, generic, &length) != 0
            }
        }
        guard !problem else { throw .last("bind 127.0.0.1") }
        let local: [UInt8] = [127, 0, 0, 1]
        let found = owner(
            transport: UInt8(IPPROTO_UDP),
            own: .init(address: local, port: UInt16(bigEndian: address.sin_port)),
            other: .init(address: local, port: 53))
        guard found != nil else {
            throw NetlinkError(
                call: "find the owner of a socket", errno: ENOENT,
                reason: .unsupported(
                    "the owners of sockets (Linux 5.7, CONFIG_INET_UDP_DIAG, "
                        + "CONFIG_SOCK_CGROUP_DATA)"))
        }
    }
}
