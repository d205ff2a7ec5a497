extension Packet {
    /// A UDP packet with right lengths and checksums.
    ///
    /// Nil if the addresses are of two families, or the payload is longer than a packet can be.
    public static func udp(
        from source: Endpoint, to destination: Endpoint, payload: Span<UInt8>
    ) -> [UInt8]? {
        build(.udp, from: source, to: destination, tcp: nil, payload: payload)
    }

    /// A TCP segment without options, with right lengths and checksums; nil as for `udp`.
    public static func tcp(
        from source: Endpoint, to destination: Endpoint, _ fields: TCPFields, payload: Span<UInt8>
    ) -> [UInt8]? {
        build(.tcp, from: source, to: destination, tcp: fields, payload: payload)
    }

    /// Hops that a made-up packet may take: the kernel's own default.
    private static let hopLimit: UInt8 = 64
    /// The window of a made-up segment, the largest without scaling.
    private static let window: UInt16 = 0xFFFF

    private static func build(
        _ transport: Transport, from source: Endpoint, to destination: Endpoint,
        tcp: TCPFields?, payload: Span<UInt8>
    ) -> [UInt8]? {
        guard source.address.isV4 == destination.address.isV4 else { return nil }
        // The headers of a packet without payload; `write` gives it the payload and its sums.
        var headers = Writer(capacity: v6HeaderSize + tcpHeaderSize)
        appendIP(transport, from: source.address, to: destination.address, to: &headers)
        let transportOffset = headers.count
        headers.append(source.port)
        headers.append(destination.port)
        if let tcp {
            append(tcp, to: &headers)
        } else {
            headers.append(UInt32(0))
        }
        let packet = Packet(
            source: source.address, destination: destination.address,
            sourcePort: source.port, destinationPort: destination.port, transport: transport,
            transportOffset: transportOffset, payload: headers.count..<headers.count, tcp: tcp)
        var out = Writer(capacity: headers.count + payload.count)
        packet.write(
            payload: payload, original: headers.storage.span.extracting(0..<headers.count),
            to: &out)
        return out.overflowed ? nil : out.bytes
    }

    /// Lengths and checksums are left 0.
    private static func appendIP(
        _ transport: Transport, from source: IPAddress, to destination: IPAddress,
        to out: inout Writer
    ) {
        if source.isV4 {
            out.append(UInt32(0x4500_0000))  // version 4, five words of header
            out.append(UInt32(0x0000_4000))  // do not fragment
            out.append(hopLimit)
            out.append(transport.number)
            out.append(UInt16(0))
        } else {
            out.append(UInt32(0x6000_0000))  // version 6
            out.append(UInt16(0))
            out.append(transport.number)
            out.append(hopLimit)
        }
        out.append(source)
        out.append(destination)
    }

    private static func append(_ tcp: TCPFields, to out: inout Writer) {
        out.append(tcp.sequence)
        out.append(tcp.acknowledgement)
        out.append(UInt8(0x50))  // five words of header
        out.append(tcp.flags)
        out.append(window)
        out.append(UInt32(0))
    }
}
