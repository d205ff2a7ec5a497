/// Reads vectors within vectors (RFC 8446 section 3.4), none of which may be longer than the one around
/// it.
struct VectorReader: Sendable {
    enum Stop: Error {
        /// The octets have not come yet.
        case unfinished
        /// The vector in hand has ended, or one in it is too long.
        case ended
    }

    struct Place: Sendable {
        fileprivate var at = 0
        /// Where the vector in hand ends, whether that has come or not.
        fileprivate var end = Int.max
    }

    /// What has come.
    var bytes: [UInt8] = []
    var place = Place()

    mutating func number(_ size: Int) throws(Stop) -> Int {
        try octets(size).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func octets(_ count: Int) throws(Stop) -> ArraySlice<UInt8> {
        guard count <= place.end - place.at else { throw .ended }
        guard count <= bytes.count - place.at else { throw .unfinished }
        defer { place.at += count }
        return bytes[place.at..<place.at + count]
    }

    mutating func skip(_ count: Int) throws(Stop) { _ = try octets(count) }

    /// Goes into a vector whose length is in so many octets.
    mutating func enter(_ size: Int) throws(Stop) { try confine(to: number(size)) }

    mutating func confine(to length: Int) throws(Stop) {
        guard length <= place.end - place.at else { throw .ended }
        place.end = place.at + length
    }
}
