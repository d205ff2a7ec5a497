/// IP packets made by hand, sent over loopback, and caught by a raw socket: that is, after the
/// input hook, and before UDP throws them away.
enum RawPackets {
    struct Case: Codable, Sendable {
        var id: String
        /// The UDP header's length field, less the true one.
        var lengthOff = 0
        /// IPv4 options, in multiples of 4 octets.
        var options: [UInt8] = []
        /// Octets of UDP header and payload that are sent at all.
        var cut = 65_535
        /// The DNS message.
        var payload: [UInt8]
        var version = 4
        /// An IPv6 destination options header in front of UDP.
        var hasExtension = false
        /// More fragments follow, which never come: then nothing may arrive.
        var isFragment = false
    }

    struct Result: Codable, Sendable {
        var id: String
        var same: Bool
        var came: String
    }

    static let unsound = [UInt8](Query("many.example.test").bytes.prefix(30))

    static let cases = [
        Case(id: "nothing wrong but the message", payload: unsound),
        Case(id: "UDP length too high", lengthOff: 7, payload: unsound),
        Case(id: "UDP length too low", lengthOff: -7, payload: unsound),
        Case(id: "UDP length 3", lengthOff: 3 - 38, payload: unsound),
        Case(id: "half a UDP header", cut: 5, payload: unsound),
        Case(id: "a UDP header alone", payload: []),
        Case(id: "IP options", options: [1, 1, 1, 0], payload: unsound),
        Case(
            id: "40 octets of IP options", options: [UInt8](repeating: 1, count: 40),
            payload: unsound),
        Case(id: "a fragment without the rest", payload: unsound, isFragment: true),
        Case(id: "IPv6", payload: unsound, version: 6),
        Case(id: "IPv6, UDP length too high", lengthOff: 9, payload: unsound, version: 6),
        Case(id: "IPv6, destination options", payload: unsound, version: 6, hasExtension: true),
        Case(id: "IPv6, half a UDP header", cut: 5, payload: unsound, version: 6),
    ]

    /// Prints for each case whether the payload of the IP packet came as it was sent.
    static let script = """
        import json, socket, struct, sys
        def checksum(data):
            data += b"\\0" * (len(data) % 2)
            total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
            while total >> 16: total = (total & 0xffff) + (total >> 16)
            return ~total & 0xffff
        results = []
        for index, case in enumerate(json.load(sys.stdin)):
            payload = bytes(case["payload"])
            port = 40000 + index
            length = 8 + len(payload)
            said = max(0, length + case["lengthOff"])
            v6 = case["version"] == 6
            address = socket.inet_pton(
                socket.AF_INET6 if v6 else socket.AF_INET, "::1" if v6 else "127.0.0.1")
            pseudo = address * 2 + struct.pack("!IxxxB" if v6 else "!xBH",
                *((length, 17) if v6 else (17, length)))
            header = struct.pack("!HHH", 53, port, said)
            total = checksum(pseudo + header + b"\\0\\0" + payload) or 0xffff
            udp = (header + struct.pack("!H", total) + payload)[:case["cut"]]
            family = socket.AF_INET6 if v6 else socket.AF_INET
            catcher = socket.socket(family, socket.SOCK_RAW, 17)
            catcher.bind(("::1" if v6 else "127.0.0.1", 0))
            catcher.settimeout(0.15 if case["isFragment"] else 2)
            if v6:
                sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 17)
                sender.setsockopt(socket.IPPROTO_IPV6, 7, -1)  # IPV6_CHECKSUM off
                if case["hasExtension"]:
                    # PadN of 4 octets
                    sender.setsockopt(
                        socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
                sender.sendto(udp, ("::1", 0))
                sent = udp
            else:
                sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
                options = bytes(case["options"])
                flags = 0x2000 if case["isFragment"] else 0
                if flags: udp = udp[:len(udp) // 8 * 8]
                ip = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, 0,
                    20 + len(options) + len(udp), 7 + index, flags, 64, 17, 0, address, address)
                sender.sendto(ip + options + udp, ("127.0.0.1", 0))
                sent = options + udp
            try:
                while True:
                    came = catcher.recv(65535)
                    if not v6: came = came[20:]
                    if came[len(came) - len(udp):][2:4] == struct.pack("!H", port): break
            except socket.timeout:
                came = b""
            same = came == (b"" if case["isFragment"] else sent)
            results.append({"id": case["id"], "same": same, "came": came.hex()})
            catcher.close(); sender.close()
        print(json.dumps(results))
        """
}
