import Testing

@testable import brownout

@Suite struct TableTests {
    @Test func alignsAndTrims() {
        var table = Table(["A", "N", "B"], trailing: [1])
        table.append("long", "1", "x")
        table.append("s", "100", "")
        #expect(table.text == "A       N  B\nlong    1  x\ns     100\n")
    }

    @Test func emptyTableIsEmpty() {
        #expect(Table([]).text == "")
    }
}
