import Agent
import Testing
import Wire

@Suite struct AddressBookTests {
    private static let second: UInt64 = 1_000_000_000
    private static func address(_ number: UInt32) -> IPAddress { .v4(0x0A00_0000 + number) }

    @Test func anAddressStaysForItsTTLAndTheLifeOfConnections() {
        var book = AddressBook()
        var changes: [AddressBook.Change] = []
        book.learn(Self.address(1), ttl: 60, at: 5, into: &changes)
        let life = 60 * Self.second + AddressBook.connectionLife
        #expect(changes == [.init(address: Self.address(1), time: life)])
        #expect(book.contains(Self.address(1), at: 5 + life - 1))
        #expect(!book.contains(Self.address(1), at: 5 + life))
        #expect(!book.contains(Self.address(2), at: 5))
    }

    /// A name that is asked for all the time costs no call to the kernel, and never runs out.
    @Test func whatIsKnownIsRenewedNowAndThen() {
        var book = AddressBook()
        var calls = 0
        for second in 0..<3_600 as Range<UInt64> {
            var changes: [AddressBook.Change] = []
            book.learn(Self.address(1), ttl: 1, at: second * Self.second, into: &changes)
            calls += changes.count
            #expect(book.contains(Self.address(1), at: (second + 200) * Self.second))
        }
        #expect((10...60).contains(calls))
    }

    @Test func atTheLimitTheOneThatEndsFirstMakesRoom() {
        var book = AddressBook(limit: 3)
        var changes: [AddressBook.Change] = []
        for (number, ttl) in [(1, 30), (2, 10), (3, 20), (4, 5)] as [(UInt32, UInt32)] {
            book.learn(Self.address(number), ttl: ttl, at: 0, into: &changes)
        }
        #expect(book.evicted == 1)
        #expect(!book.contains(Self.address(2), at: 1))
        for number in [1, 3, 4] as [UInt32] { #expect(book.contains(Self.address(number), at: 1)) }
        #expect(changes.filter { $0.time == nil }.map(\.address) == [Self.address(2)])
        // Those that have ended make room unseen.
        let later = 1_000 * Self.second
        book.learn(Self.address(9), ttl: 5, at: later, into: &changes)
        #expect(book.evicted == 1)
        #expect(book.count(at: later) == 1)
    }

    @Test func aTTLOfYearsIsCut() {
        var book = AddressBook()
        var changes: [AddressBook.Change] = []
        book.learn(Self.address(1), ttl: .max, at: 0, into: &changes)
        #expect(changes.first?.time == 86_400 * Self.second + AddressBook.connectionLife)
    }
}
