import Wire

/// What makes caches keep an emptiness (RFC 2308).
enum NegativeCaching {
    /// RFC 2181 section 8: a TTL has 31 bits.
    static let ttlLimit = Duration.seconds(Int64(Int32.max))

    /// The SOA of a negative answer, or nil where nothing is to be kept.
    static func soa(ttl: Duration, zone: DNS.Name?) -> DNS.NegativeSOA? {
        let seconds = seconds(of: ttl)
        guard seconds > 0 else { return nil }
        return DNS.NegativeSOA(owner: zone.map { .zone($0) } ?? .parentOfLastName, ttl: seconds)
    }

    static func seconds(of duration: Duration) -> UInt32 {
        UInt32(clamping: min(duration, ttlLimit).components.seconds)
    }
}
