/// What the first octets that a client sends say about whom it wants.
///
/// The name is in the clear in the ClientHello of TLS (the extension `server_name`, RFC 6066 section 3)
/// and in the head of a request of HTTP/1 (RFC 9112 section 3.2). With Encrypted Client Hello it is the
/// public name, which the client's server shares with others.
public enum Greeting: Equatable, Sendable {
    /// Nothing can be said before more has come.
    case unfinished
    /// As the client wrote it, without a port.
    case names(String)
    /// It names nobody: no such extension or field, an address, another protocol, or nonsense.
    case namesNobody

    /// What is not finished after so many octets names nobody. A ClientHello with keys that withstand
    /// quantum computers takes about 2 KiB; servers refuse heads of more than 8 to 16 KiB.
    public static let limit = 16 << 10

    /// A name, or nobody if it is an address or cannot be a name.
    init(host: some Collection<UInt8>) {
        let isPlain = host.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
        let text = String(decoding: host, as: UTF8.self)
        // 253 characters and a dot at the end (RFC 1035 section 2.3.4).
        let isName = isPlain && (1...254).contains(host.count) && IPAddress(text) == nil
        self = isName ? .names(text) : .namesNobody
    }
}
