extension Packet {
    /// Appends this packet with another payload.
    ///
    /// IP options, extension headers and TCP options are copied; lengths follow the payload, and
    /// all checksums are computed in full, a UDP checksum that was left out (IPv4) included.
    /// `original` is the bytes that were parsed. What does not fit `out`, or is longer than an IP
    /// packet can be, sets `out.overflowed`.
    public func write(payload: Span<UInt8>, original: Span<UInt8>, to out: inout Writer) {
        let start = out.count
        let size = self.payload.lowerBound + payload.count
        out.append(original, 0..<self.payload.lowerBound)
        out.append(payload)
        let lengthField = isV4 ? size : size - Self.v6HeaderSize
        guard !out.overflowed, let length = UInt16(exactly: lengthField) else {
            out.fail()
            return
        }
        out.patch(length, at: start + (isV4 ? 2 : 4))
        if transport == .udp {
            let udpLength = UInt16(truncatingIfNeeded: size - transportOffset)
            out.patch(udpLength, at: start + transportOffset + 4)
        }
        patchChecksums(in: &out, at: start)
    }

    /// Appends this packet with what `payload` holds: a span of one stored property beside a second
    /// one that changes is more than the compiler lets callers write.
    public func write(
        payload: borrowing Writer, original: Span<UInt8>, to out: inout Writer
    ) {
        write(
            payload: payload.storage.span.extracting(0..<payload.count), original: original,
            to: &out)
    }

    /// Whether the IPv4 header's checksum and the transport's are right.
    ///
    /// A UDP checksum of 0 means "none" over IPv4 and is right there; over IPv6 it is wrong (RFC
    /// 8200 section 8.1). Bytes other than those that were parsed give `false`.
    public func checksumsVerify(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == payload.upperBound else { return false }
        if isV4 {
            var header = Checksum()
            header.add(bytes, 0..<transportOffset)
            guard header.value == 0 else { return false }
        }
        if transport == .udp, bytes.uint16(at: transportOffset + checksumOffset) == 0 {
            return isV4
        }
        return transportChecksum(bytes, 0..<bytes.count) == 0
    }

    /// Offset of the checksum in the transport header.
    private var checksumOffset: Int {
        switch transport {
        case .udp: 6
        case .tcp: 16
        }
    }

    /// The checksum over the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1), the
    /// transport header and the payload of the packet at `range`.
    private func transportChecksum(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt16 {
        let segment = range.lowerBound + transportOffset..<range.upperBound
        var sum = Checksum()
        sum.add(source)
        sum.add(destination)
        sum.add(UInt32(transport.number))
        sum.add(UInt32(truncatingIfNeeded: segment.count))
        sum.add(bytes, segment)
        return sum.value
    }

    func patchChecksums(in out: inout Writer, at start: Int) {
        if isV4 {
            out.patch(UInt16(0), at: start + 10)
            var header = Checksum()
            header.add(out.storage.span, start..<start + transportOffset)
            out.patch(header.value, at: start + 10)
        }
        let field = start + transportOffset + checksumOffset
        out.patch(UInt16(0), at: field)
        let sum = transportChecksum(out.storage.span, start..<out.count)
        // UDP spells a computed 0 as all ones: 0 means "no checksum" (RFC 768).
        out.patch(sum == 0 && transport == .udp ? 0xFFFF : sum, at: field)
    }
}
