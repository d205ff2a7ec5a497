import Wire

/// What several effects do to an answer.
extension DNS.Answer {
    /// Leaves nothing but the code.
    mutating func fail(with code: DNS.ResponseCode) {
        responseCode = code
        truncated = false
        clear()
    }

    /// Gives other addresses to those who ask for addresses, whatever the server said; takes the
    /// hints from service bindings, so that their addresses are asked for as well.
    ///
    /// - Returns: Whether the question was for one of these.
    mutating func pretend(addresses: [IPAddress]) -> Bool {
        switch question?.type {
        case .a?, .aaaa?, .any?:
            setAddresses(addresses)
        case .https?, .svcb?:
            break
        default:
            return false
        }
        responseCode = .noError
        truncated = false
        dropAddressHints()
        dropSignatures()
        // A denial in the authority section would contradict the answer.
        entries.removeAll { $0.record.section == .authority }
        soa = nil
        return true
    }

    /// Gives all records of the answer another TTL, and the SOA by which caches keep a denial.
    ///
    /// - Returns: Whether any had another one.
    mutating func setTTL(_ seconds: UInt32) -> Bool {
        var changed = false
        for index in entries.indices {
            let entry = entries[index]
            let counts =
                entry.record.section == .answer
                || (entry.record.section == .authority && entry.record.type == .soa)
            guard counts, entry.ttl != seconds else { continue }
            entries[index].ttl = seconds
            changed = true
        }
        if let soa, soa.ttl != seconds {
            self.soa?.ttl = seconds
            changed = true
        }
        return changed
    }
}
