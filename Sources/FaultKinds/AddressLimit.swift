import Wire

/// How many addresses an effect may give out: what fits an answer over UDP without EDNS, 512 octets
/// less header (12), question (about 52) and a record's fixed part (12) each.
enum AddressLimit {
    static let v4 = 28
    static let v6 = 16

    /// What is wrong with a list, in words, or nil.
    static func problem(with addresses: [IPAddress]) -> String? {
        let count = addresses.count { $0.isV4 }
        guard count > v4 || addresses.count - count > v6 else { return nil }
        return "more addresses than an answer holds; give at most \(v4) of IPv4 and \(v6) of IPv6"
    }
}
