/// Why records do not make a zone, or zones do not make a set.
public struct ZoneError: Error, Equatable, Sendable {
    /// The record at fault, as `owner TYPE`, or the text that could not be read.
    public var record: String
    public var problem: Problem

    public init(record: String, problem: Problem) {
        self.record = record
        self.problem = problem
    }

    public enum Problem: Equatable, Sendable {
        /// Not a name, or not an address.
        case unreadable
        /// The owner is not below the apex.
        case outsideZone
        /// A zone has one SOA, at its apex.
        case missingSOA
        case repeatedSOA
        /// A name with a CNAME has nothing else (RFC 1034 section 3.6.2).
        case aliasWithOtherData
        /// DNAME and the types that only exist in messages: the lab does not serve them.
        case unsupportedType
        /// Two zones of a set have the same apex.
        case repeatedZone
    }
}
