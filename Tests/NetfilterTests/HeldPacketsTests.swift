import Testing

@testable import Netfilter

@Suite struct HeldPacketsTests {
    @Test func oneSlot() throws {
        var held = HeldPackets(capacity: 1)
        #expect(held.earliest == nil && held.any == nil)
        let first = held.insert(deadline: 5, token: 9, mark: 77, queue: 3)
        let mark = try #require(first)
        let second = held.insert(deadline: 6, token: 9, mark: 0, queue: 3)
        #expect(second == nil)
        #expect(held.earliest == 5)
        #expect(held.due(at: 4) == nil)
        let slot = try #require(held.due(at: 5))
        #expect(held.first(token: 9) == slot && held.first(token: 8) == nil)
        // The mark alone is not enough: another queue, another generation, a second time.
        let arrivals = [
            held.arrived(mark: mark, packet: 1, queue: 4),
            held.arrived(mark: mark &+ 1 << 16, packet: 1, queue: 3),
            held.arrived(mark: mark, packet: 1, queue: 3),
            held.arrived(mark: mark, packet: 2, queue: 3),
        ]
        #expect(arrivals == [false, false, true, false])
        let content = held.remove(slot)
        #expect(content.packet == 1 && content.mark == 77 && content.state == .waiting)
        #expect(held.count == 0 && held.first(token: 9) == nil)
        // The next user of the slot has another mark.
        let next = held.insert(deadline: 1, token: 1, mark: 0, queue: 3)
        #expect(next != mark)
    }

    /// Against a list that is searched from the start.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithAList(seed: UInt64) {
        struct Entry { var deadline: UInt64, token: UInt64, mark: UInt32 }
        var random = Numbers(state: seed)
        var held = HeldPackets(capacity: 300)
        var list: [Entry] = []
        for step in 0..<20_000 {
            switch random.next() % 8 {
            case 0..<4:
                let entry = Entry(
                    deadline: random.next() % 1_000, token: random.next() % 20, mark: UInt32(step))
                let mark = held.insert(
                    deadline: entry.deadline, token: entry.token, mark: entry.mark, queue: 0)
                #expect((mark == nil) == (list.count == 300))
                if mark != nil { list.append(entry) }
            case 4, 5:
                let now = random.next() % 1_000
                let earliest = list.map(\.deadline).min()
                #expect(held.earliest == earliest)
                let slot = held.due(at: now)
                #expect((slot != nil) == (earliest.map { $0 <= now } ?? false))
                if let slot {
                    let content = held.remove(slot)
                    #expect(content.deadline == earliest)
                    list.removeAll { $0.mark == content.mark }
                }
            default:
                let token = random.next() % 20
                let slot = held.first(token: token)
                #expect((slot != nil) == list.contains { $0.token == token })
                if let slot {
                    let content = held.remove(slot)
                    #expect(content.token == token)
                    list.removeAll { $0.mark == content.mark }
                }
            }
            #expect(held.count == list.count)
        }
    }
}

/// A generator with a seed (SplitMix64).
struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
