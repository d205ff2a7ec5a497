internal import CNetfilter
internal import Glibc

/// The TCP connections of this network namespace, as sock_diag(7) lists and ends them.
public struct OpenConnections: ~Copyable {
    /// One end of a connection: 4 or 16 octets, and a port.
    public struct End: Equatable, Sendable {
        public var address: [UInt8]
        public var port: UInt16

        public init(address: [UInt8], port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// A connection, seen from this host.
    public struct Connection: Equatable, Sendable {
        public var own, other: End
        /// SO_MARK of this host's socket, as the host has it; empty where that may not be seen.
        var mark: [UInt8]

        public func hasMark(_ mark: UInt32) -> Bool { self.mark == mark.hostOctets }
    }

    private let socket: NetlinkSocket
    private var sequence: UInt32 = 1

    /// SOCK_DIAG_BY_FAMILY and SOCK_DESTROY of <linux/sock_diag.h>.
    private static let byFamily: UInt16 = 20
    private static let destroy: UInt16 = 21
    /// ESTABLISHED to CLOSING without TIME_WAIT, CLOSE and LISTEN (tcp_states.h), as bits.
    private static let openStates: UInt32 =
        1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11
    /// struct inet_diag_msg with its 5 counters, and the attribute INET_DIAG_MARK behind it, which the
    /// kernel adds for those with CAP_NET_ADMIN.
    private static let messageLength = 72
    private static let markAttribute: UInt16 = 15
    /// struct inet_diag_sockid: two ports, two addresses of 16 octets, interface, cookie.
    private static let identityLength = 48
    private static let patience: Int32 = 1_000

    public init() throws(NetlinkError) { socket = try NetlinkSocket(NETLINK_SOCK_DIAG) }

    /// Ends those connections of which `isMeant` says so: both programs see a reset, and the other
    /// host's. Returns how many.
    public mutating func end(where isMeant: (Connection) -> Bool) throws(NetlinkError) -> Int {
        var count = 0
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            let identities = try list(family) { identity, mark in
                guard let (own, other) = Self.ends(identity, isV4: family == UInt8(AF_INET))
                else { return false }
                return isMeant(Connection(own: own, other: other, mark: mark))
            }
            for identity in identities {
                sequence &+= 1
                // Gone by itself meanwhile is as good.
                try send(
                    Self.destroy, flags: NLM_F_REQUEST | NLM_F_ACK, family, states: .max, identity)
                count += try acknowledged() ? 1 : 0
            }
        }
        return count
    }

    private mutating func list(
        _ family: UInt8, where isWanted: ([UInt8], [UInt8]) -> Bool
    ) throws(NetlinkError) -> [[UInt8]] {
        sequence &+= 1
        try send(
            Self.byFamily, flags: NLM_F_REQUEST | NLM_F_DUMP, family, states: Self.openStates,
            [UInt8](repeating: 0, count: Self.identityLength))
        var found: [[UInt8]] = []
        try read { message in
            // struct inet_diag_msg: family, state, timer, retransmits, then the identity.
            guard message.type == Self.byFamily,
                message.payload.count >= 4 + Self.identityLength
            else { return false }
            let identity = Array(message.payload.dropFirst(4).prefix(Self.identityLength))
            if isWanted(identity, Self.mark(message.payload)) { found.append(identity) }
            return true
        }
        return found
    }

    private static func mark(_ message: some Collection<UInt8>) -> [UInt8] {
        let attributes = NetlinkAttributes(Array(message.dropFirst(messageLength))[...])
        return attributes.first { $0.type == markAttribute }.map { Array($0.value) } ?? []
    }

    private func acknowledged() throws(NetlinkError) -> Bool {
        var code: Int32 = 0
        try read { message in
            code = message.errorCode
            return false
        }
        return code == 0
    }

    /// Reads messages until `each` does not want more.
    private func read(_ each: (NetlinkMessages.Message) -> Bool) throws(NetlinkError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
        defer { unsafe buffer.deallocate() }
        while true {
            guard socket.waitReadable(milliseconds: Self.patience) else {
                throw NetlinkError(call: "list connections", errno: ETIMEDOUT, reason: .noReply)
            }
            let count = unsafe socket.receive(into: buffer)
            guard count >= 0 else {
                if Glibc.errno == EINTR || Glibc.errno == EAGAIN { continue }
                throw .last("list connections")
            }
            let datagram = unsafe [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            for message in NetlinkMessages(datagram) where message.sequence == sequence {
                guard each(message) else { return }
            }
        }
    }

    /// struct inet_diag_req_v2: family, protocol, extensions, padding, states, identity.
    private func send(
        _ type: UInt16, flags: Int32, _ family: UInt8, states: UInt32, _ identity: [UInt8]
    ) throws(NetlinkError) {
        let body = [family, UInt8(IPPROTO_TCP), 0, 0] + states.hostOctets + identity
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
        defer { unsafe room.deallocate() }
        guard let base = room.baseAddress, let header = unsafe mnl_nlmsg_put_header(base) else {
            return
        }
        unsafe header.pointee.nlmsg_type = type
        unsafe header.pointee.nlmsg_flags = UInt16(flags)
        unsafe header.pointee.nlmsg_seq = sequence
        guard let extra = unsafe mnl_nlmsg_put_extra_header(header, body.count) else { return }
        unsafe extra.copyMemory(from: body, byteCount: body.count)
        let failure = unsafe socket.send(
            UnsafeRawBufferPointer(start: base, count: Int(header.pointee.nlmsg_len)))
        guard failure == 0 else { throw NetlinkError(call: "list connections", errno: failure) }
    }

    /// This host's end and the other one; IPv4 within IPv6 as IPv4.
    private static func ends(_ identity: [UInt8], isV4: Bool) -> (End, End)? {
        guard identity.count == identityLength else { return nil }
        func end(_ port: Int, _ address: Int, isV4: Bool) -> End {
            End(
                address: Array(identity[address..<address + (isV4 ? 4 : 16)]),
                port: UInt16(identity[port]) << 8 | UInt16(identity[port + 1]))
        }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        if isV4 { return (end(0, 4, isV4: true), end(2, 20, isV4: true)) }
        var (own, other) = (end(0, 4, isV4: false), end(2, 20, isV4: false))
        if other.address.starts(with: mapped) {
            own.address = Array(own.address.suffix(4))
            other.address = Array(other.address.suffix(4))
        }
        return (own, other)
    }
}
