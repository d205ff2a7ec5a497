public import Wire

/// An address on which the lab could not listen.
public struct ListenError: Error, Equatable, Sendable {
    public var endpoint: Endpoint
    public var transport: ZoneSet.Transport
    /// As `bind` left it; 0 where no call was made.
    public var errno: CInt

    public init(endpoint: Endpoint, transport: ZoneSet.Transport, errno: CInt) {
        self.endpoint = endpoint
        self.transport = transport
        self.errno = errno
    }
}
