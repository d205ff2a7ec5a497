import Testing
import Wire

@Suite struct CIDRTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.1.2.3/8", "10.9.9.9", true), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "255.1.2.3", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "ff02::1", true), ("::/0", "1.2.3.4", false),
        ("2001:db8::/33", "2001:db8:7fff::", true), ("2001:db8::/33", "2001:db8:8000::", false),
        ("::1/128", "::1", true), ("::1/128", "::", false), ("fe80::/10", "febf::1", true),
    ])
    func contains(block: String, inside: String, expected: Bool) {
        #expect(CIDR(block)?.contains(address(inside)) == expected)
    }

    @Test(arguments: [
        ("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3"), ("10.1.2.3/32", "10.1.2.3"),
        ("2001:db8::1/32", "2001:db8::/32"), ("::/0", "::/0"), ("1.2.3.4/0", "0.0.0.0/0"),
    ])
    func prints(text: String, canonical: String) {
        #expect(CIDR(text)?.description == canonical)
        #expect(CIDR(canonical) == CIDR(text))
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8",
        "::/129", "::/a", "10.0.0.0/ 8", "10.0.0/8",
    ])
    func refuses(text: String) {
        #expect(CIDR(text) == nil)
    }
}
