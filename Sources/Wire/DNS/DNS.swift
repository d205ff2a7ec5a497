/// The wire format of DNS messages (RFC 1035 section 4) and of EDNS (RFC 6891).
public enum DNS {
    /// The largest message: TCP's length prefix has 16 bits (RFC 1035 section 4.2.2).
    public static let maximumMessageSize = 65_535

    /// The class of nearly every record.
    public static let internet: UInt16 = 1

    /// One of the three lists of records after the questions.
    public enum Section: UInt8, Equatable, Sendable, CaseIterable {
        case answer, authority, additional
    }
}
