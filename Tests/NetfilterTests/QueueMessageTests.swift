import CNetfilter
import Testing

@testable import Netfilter

@Suite struct QueueMessageTests {
    /// One netlink attribute (struct nlattr): length, type, value, padding to 4.
    static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let length = UInt16(value.count + 4)
        let head = [UInt8(length & 255), UInt8(length >> 8), UInt8(type & 255), UInt8(type >> 8)]
        return head + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    /// A message of NFQNL_MSG_PACKET from queue 7 (struct nlmsghdr, struct nfgenmsg).
    static func message(_ attributes: [UInt8]) -> [UInt8] {
        let length = UInt32(20 + attributes.count)
        return [UInt8(length & 255), UInt8(length >> 8 & 255), 0, 0, 0, 3, 0, 0]
            + [UInt8](repeating: 0, count: 8) + [2, 0, 0, 7] + attributes
    }

    /// NFQA_PACKET_HDR: packet 5, IPv4, hook input.
    static let header = attribute(1, [0, 0, 0, 5, 8, 0, 1])
    static let payload = attribute(10, [1, 2, 3])

    /// What was understood: packet, queue, mark, interface, and the payload or nil.
    struct Parsed: Equatable {
        var packet: UInt32
        var mark: UInt32
        var payload: [UInt8]?
        var stamp: UInt64 = 0
    }

    static func parse(_ bytes: [UInt8]) -> Parsed? {
        let scratch = AttributeTable()
        return unsafe bytes.withUnsafeBytes { buffer in
            var cursor = unsafe MessageCursor(buffer)
            guard let header = unsafe cursor.next(), unsafe MessageCursor.isPacket(header),
                let message = unsafe QueueMessage(header, scratch: scratch)
            else { return nil }
            #expect(message.queue == 7 && !message.isIPv6 && message.hook == 1)
            return unsafe Parsed(
                packet: message.packet, mark: message.mark,
                payload: message.payload.map { unsafe Array($0) }, stamp: message.stamp)
        }
    }

    @Test func whole() {
        let bytes = Self.message(Self.header + Self.attribute(3, [0, 0, 1, 2]) + Self.payload)
        #expect(Self.parse(bytes) == Parsed(packet: 5, mark: 258, payload: [1, 2, 3]))
    }

    @Test func stamp() {
        // NFQA_TIMESTAMP: 2 s and 3 µs.
        let time: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]
        let whole = Self.message(Self.header + Self.attribute(4, time) + Self.payload)
        #expect(Self.parse(whole)?.stamp == 2_000_003_000)
        // One that is cut short is none of the kernel's messages.
        let short = Self.message(Self.header + Self.attribute(4, Array(time.dropLast())))
        #expect(Self.parse(short) == nil)
        let most = Self.attribute(4, [UInt8](repeating: 255, count: 16))
        #expect(Self.parse(Self.message(Self.header + most)) != nil)
    }

    @Test func missingParts() {
        #expect(Self.parse(Self.message(Self.payload)) == nil, "no packet number, no verdict")
        #expect(Self.parse(Self.message([])) == nil)
        #expect(
            Self.parse(Self.message(Self.header)) == Parsed(packet: 5, mark: 0, payload: nil))
        // NFQA_CAP_LEN says that the packet was longer.
        #expect(
            Self.parse(Self.message(Self.header + Self.payload + Self.attribute(13, [0, 0, 0, 4])))
                == Parsed(packet: 5, mark: 0, payload: nil))
        #expect(Self.parse(Self.message(Self.attribute(1, [0, 0, 0, 5]))) == nil, "short header")
    }

    /// Any bytes: nothing traps.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func arbitraryBytes(seed: UInt64) {
        var random = Numbers(state: seed)
        let good = Self.message(Self.header + Self.payload)
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            // The queue number and the rest may be anything now: only look.
            let scratch = AttributeTable()
            unsafe bytes.withUnsafeBytes { buffer in
                var cursor = unsafe MessageCursor(buffer)
                while let header = unsafe cursor.next() {
                    _ = unsafe QueueMessage(header, scratch: scratch)
                }
            }
        }
    }
}
