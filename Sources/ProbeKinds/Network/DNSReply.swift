import NIOCore
import Wire

/// What a check needs of the answer to one question.
struct DNSReply: Equatable, Sendable {
    var rcode: DNS.ResponseCode
    /// Records of the type that was asked for.
    var records = 0
    /// A and AAAA records among the answers.
    var addresses = 0
    /// The smallest TTL of the answers, in seconds.
    var ttl: UInt32?
    /// The types among the answers.
    var types: [DNS.RecordType] = []
    var isTruncated = false

    /// Nil: not an answer to this question, and to be ignored, as anybody may have sent it.
    init?(_ bytes: [UInt8], to question: DNS.Builder.Query, id: UInt16) throws(WireError) {
        guard bytes.count >= DNS.Header.size, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == id,
            bytes[2] & 0x80 != 0
        else { return nil }
        let message = try DNS.Message(parsing: bytes.span)
        // A server that cannot read the question may leave it out (RFC 1035 section 4.1.1).
        if let asked = message.question {
            guard asked.type == question.type,
                try DNS.Name(from: bytes.span, at: asked.nameOffset) == question.name
            else { return nil }
        }
        rcode = message.responseCode
        isTruncated = message.header.truncated
        var records = message.records
        while let record = records.next(in: bytes.span) {
            guard record.section == .answer else { continue }
            if record.type == question.type { self.records += 1 }
            if record.address(in: bytes.span) != nil { addresses += 1 }
            ttl = min(ttl ?? record.ttl, record.ttl)
            if !types.contains(record.type) { types.append(record.type) }
        }
    }
}
