import Testing
import Wire

@Suite struct ResponseCodeTests {
    @Test(arguments: [
        ("NOERROR", 0), ("servfail", 2), ("NXDOMAIN", 3), ("REFUSED", 5), ("BADVERS", 16),
        ("RCODE14", 14), ("5", 5), ("4095", 4095),
    ])
    func reads(text: String, number: UInt16) {
        #expect(DNS.ResponseCode(text)?.rawValue == number)
    }

    @Test(arguments: ["", "RCODE", "NOPE", "4096", "RCODE4096", "-1", "+1"])
    func refuses(text: String) {
        #expect(DNS.ResponseCode(text) == nil)
    }

    @Test func readsBackWhatItPrints() {
        for number in 0...DNS.ResponseCode.maximum {
            let code = DNS.ResponseCode(rawValue: number)
            #expect(DNS.ResponseCode(code.description) == code)
        }
        #expect(DNS.ResponseCode(rawValue: 14).description == "RCODE14")
    }
}
