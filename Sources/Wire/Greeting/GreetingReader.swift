/// Reads a greeting from a connection's first octet on, in whatever pieces it comes.
///
/// Each octet is looked at once: one that comes in single octets costs no more than one that comes whole,
/// but for what a call costs. The name is found as soon as its last octet is there, while the other side
/// cannot answer yet; from then on nothing changes.
public struct GreetingReader: Sendable {
    public private(set) var greeting = Greeting.unfinished
    /// Octets that have come.
    public private(set) var count = 0
    private var hello: TLSHello?
    private var head: RequestHead?

    public init() {}

    /// Octets that are kept until more has come.
    public var size: Int { (hello?.size ?? 0) + (head?.size ?? 0) }

    /// Reads the octets that follow those before.
    public mutating func read(_ piece: Span<UInt8>) {
        guard !piece.isEmpty else { return }
        if count == 0 { begin(piece[0]) }
        count += piece.count
        guard greeting == .unfinished else { return }
        // One of the two is there.
        greeting = hello?.read(piece) ?? head?.read(piece) ?? .namesNobody
        if greeting == .unfinished, count >= Greeting.limit { greeting = .namesNobody }
    }

    private mutating func begin(_ first: UInt8) {
        switch first {
        case TLSHello.handshake: hello = TLSHello()
        // A method of HTTP is in capitals.
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): head = RequestHead()
        default: greeting = .namesNobody
        }
    }
}
