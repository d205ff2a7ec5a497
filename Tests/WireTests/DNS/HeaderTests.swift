import Testing
import Wire

@Suite struct HeaderTests {
    /// Each flag is its own bit, and setting it leaves the other fifteen.
    @Test func flags() {
        let bits: [(UInt16, WritableKeyPath<DNS.Header, Bool>)] = [
            (0x8000, \.isResponse), (0x0400, \.authoritative), (0x0200, \.truncated),
            (0x0100, \.recursionDesired), (0x0080, \.recursionAvailable),
            (0x0020, \.authenticData), (0x0010, \.checkingDisabled),
        ]
        for (mask, flag) in bits {
            var header = DNS.Header(id: 7)
            header[keyPath: flag] = true
            #expect(header.flags == mask && header[keyPath: flag])
            header.flags = 0xFFFF
            header[keyPath: flag] = false
            #expect(header.flags == ~mask && !header[keyPath: flag])
        }
    }

    @Test func opcodeAndCode() {
        var header = DNS.Header(id: 7)
        header.flags = 0x8FF0
        header.opcode = 5
        header.rcode = 0x1A
        #expect(header.opcode == 5 && header.rcode == 0xA && header.flags == 0xAFFA)
    }
}
