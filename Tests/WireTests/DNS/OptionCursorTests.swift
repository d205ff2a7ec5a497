import Testing
import Wire

@Suite struct OptionCursorTests {
    private func options(_ bytes: [UInt8], _ range: Range<Int>) -> [DNS.OptionCursor.Option] {
        var cursor = DNS.OptionCursor(range)
        var options: [DNS.OptionCursor.Option] = []
        while let option = cursor.next(in: bytes.span) { options.append(option) }
        return options
    }

    @Test func steps() {
        let bytes = octets("ff 000a 0002 aabb 000c 0000 ff")
        let found = options(bytes, 1..<11)
        #expect(found.map(\.code) == [10, 12])
        #expect(found.map(\.value) == [5..<7, 11..<11])
        #expect(found.map(\.whole) == [1..<7, 7..<11])
    }

    @Test(arguments: [0..<3, 0..<6, 0..<400])
    func stopsWhereTheListIsBroken(range: Range<Int>) {
        #expect(options(octets("000a 0004 aabbcc 00"), range).isEmpty)
    }
}
