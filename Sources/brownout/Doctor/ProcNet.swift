import Wire

/// One socket as `/proc/net/{tcp,udp}{,6}` shows it (proc_net_tcp in the kernel's documentation).
struct ProcSocket: Equatable, Sendable {
    enum Transport: String, Sendable { case tcp, udp }

    var transport: Transport
    var local: IPAddress
    var localPort: UInt16
    var remote: IPAddress
    var remotePort: UInt16
    var state: UInt8
    var inode: UInt64

    /// TCP_LISTEN, or a UDP socket that is not connected (TCP_CLOSE, include/net/tcp_states.h).
    var isListening: Bool { state == (transport == .tcp ? 10 : 7) }
    /// TCP_ESTABLISHED; connected UDP sockets have the same number.
    var isConnected: Bool { state == 1 && remotePort != 0 }
}

enum ProcNet {
    /// All sockets of this network namespace.
    static func sockets(_ host: HostFiles) -> [ProcSocket] {
        [ProcSocket.Transport.tcp, .udp].flatMap { transport in
            [transport.rawValue, transport.rawValue + "6"].flatMap { name in
                parse(host.text("/proc/net/\(name)") ?? "", transport)
            }
        }
    }

    /// The rows of one such file; what does not parse is left out.
    static func parse(_ text: String, _ transport: ProcSocket.Transport) -> [ProcSocket] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let words = ConfigLines.words(line)
            guard words.count > 9, let local = endpoint(words[1]), let remote = endpoint(words[2]),
                let state = UInt8(words[3], radix: 16), let inode = UInt64(words[9])
            else { return nil }
            return ProcSocket(
                transport: transport, local: local.0, localPort: local.1, remote: remote.0,
                remotePort: remote.1, state: state, inode: inode)
        }
    }

    /// `0100007F:0035`: 32-bit words in the host's byte order, which is little-endian here, then
    /// the port.
    static func endpoint(_ text: String) -> (IPAddress, UInt16)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        var words: [UInt32] = []
        var rest = parts[0]
        while rest.count >= 8 {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            words.append(word.byteSwapped)
            rest = rest.dropFirst(8)
        }
        switch words.count {
        case 1 where rest.isEmpty: return (.v4(words[0]), port)
        case 4 where rest.isEmpty:
            let value = words.reduce(UInt128(0)) { $0 << 32 | UInt128($1) }
            // ::ffff:a.b.c.d, an IPv4 address in an IPv6 socket (RFC 4291 section 2.5.5.2).
            if value >> 32 == 0xFFFF { return (.v4(UInt32(truncatingIfNeeded: value)), port) }
            return (.v6(value), port)
        default: return nil
        }
    }

    /// The names of the processes that hold these sockets, where this user may see them.
    static func owners(of inodes: Set<UInt64>, _ host: HostFiles) -> [UInt64: String] {
        var owners: [UInt64: String] = [:]
        guard !inodes.isEmpty else { return owners }
        for pid in host.entries("/proc") where pid.utf8.allSatisfy({ (48...57).contains($0) }) {
            for descriptor in host.entries("/proc/\(pid)/fd") {
                guard let link = host.link("/proc/\(pid)/fd/\(descriptor)"),
                    link.hasPrefix("socket:["), link.hasSuffix("]"),
                    let inode = UInt64(link.dropFirst(8).dropLast()), inodes.contains(inode)
                else { continue }
                owners[inode] = host.text("/proc/\(pid)/comm").map { ConfigLines.of($0).joined() }
            }
        }
        return owners
    }
}
