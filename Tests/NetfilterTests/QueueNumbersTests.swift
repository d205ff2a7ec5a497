import Testing

@testable import Netfilter

@Suite struct QueueNumbersTests {
    @Test(
        arguments: [
            ("", []),
            ("    0   1234     0 2 65531     0     0        1  1\n", [0]),
            ("53000 99 0 2 1 0 0 1 1\n53017 99 0 1 0 0 0 1 1\n", [53_000, 53_017]),
            ("garbage\n 70000 1\n", []),
        ] as [(String, Set<UInt16>)])
    func parse(_ row: (text: String, numbers: Set<UInt16>)) {
        #expect(QueueNumbers.parse(row.text) == row.numbers)
    }

    @Test(
        arguments: [(80, false), (81, true), (100, true), (119, true), (120, false)]
            as [(UInt16, Bool)])
    func overlap(_ row: (first: UInt16, overlaps: Bool)) throws {
        let numbers = try #require(QueueNumbers(first: row.first))
        let used = Set(100...100 + UInt16(QueueNumbers.count) - 1)
        #expect(numbers.overlaps(used) == row.overlaps)
    }
}
