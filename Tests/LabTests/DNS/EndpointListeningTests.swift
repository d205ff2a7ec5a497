import Lab
import Testing
import Wire

struct EndpointListeningTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:53"), ("127.0.0.1:0", "127.0.0.1:0"),
        ("10.0.0.1:65535", "10.0.0.1:65535"), ("::1", "[::1]:53"), ("[::1]", "[::1]:53"),
        ("[2001:db8::1]:5353", "[2001:db8::1]:5353"), ("::", "[::]:53"),
        // Without brackets it is all address.
        ("::1:5353", "[::1:5353]:53"),
    ])
    func reads(_ text: String, _ endpoint: String) {
        #expect(Endpoint(listening: text)?.description == endpoint)
    }

    @Test(arguments: [
        "", ":", ":53", "localhost", "localhost:53", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:53:53", "[127.0.0.1]:53", "[::1]:", "[::1",
        "::1]", "[]:53", "[::1]x", "1.2.3:53", "127.0.0.1 :53",
    ])
    func refuses(_ text: String) {
        #expect(Endpoint(listening: text) == nil)
    }
}
