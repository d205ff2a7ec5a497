import Testing
import Wire

@Suite struct RecordTypeTests {
    @Test(arguments: [
        ("A", 1), ("aaaa", 28), ("Cname", 5), ("HTTPS", 65), ("TYPE65280", 65280),
        ("type1", 1), ("ANY", 255), ("TYPE0", 0), ("TYPE65535", 65535),
    ])
    func reads(text: String, number: UInt16) {
        #expect(DNS.RecordType(text)?.rawValue == number)
    }

    @Test(arguments: ["", "AA", "TYPE", "TYPE65536", "TYPE+1", "TYPE 1", "TYPE-1", "1", "TYPE１"])
    func refuses(text: String) {
        #expect(DNS.RecordType(text) == nil)
    }

    @Test func readsBackWhatItPrints() {
        for number in UInt16.min...UInt16.max {
            let type = DNS.RecordType(rawValue: number)
            #expect(DNS.RecordType(type.description) == type)
        }
    }
}
