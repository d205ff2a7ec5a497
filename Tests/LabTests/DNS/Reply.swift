import Lab
import Testing
import Wire

/// A response in words: what tests compare with.
struct Reply: Equatable, CustomStringConvertible {
    var id: UInt16
    var responseCode: DNS.ResponseCode
    /// The flags that are set, as dig prints them.
    var flags: String
    /// `name TYPE`, the name's case as it came.
    var question: String?
    /// `name TTL TYPE data`, one for each record.
    var answer: [String] = []
    var authority: [String] = []
    var additional: [String] = []
    var length: Int

    init(_ bytes: [UInt8]) throws {
        let message = try DNS.Message(parsing: bytes.span)
        let header = message.header
        id = header.id
        responseCode = message.responseCode
        flags =
            [
                ("qr", header.isResponse), ("aa", header.authoritative), ("tc", header.truncated),
                ("rd", header.recursionDesired), ("ra", header.recursionAvailable),
                ("ad", header.authenticData), ("cd", header.checkingDisabled),
            ].filter(\.1).map(\.0).joined(separator: " ")
        if let asked = message.question {
            question = "\(try DNS.Name(from: bytes.span, at: asked.nameOffset)) \(asked.type)"
        }
        var records = message.records
        while let record = records.next(in: bytes.span) {
            let line = try Self.line(record, in: bytes)
            switch record.section {
            case .answer: answer.append(line)
            case .authority: authority.append(line)
            case .additional: additional.append(line)
            }
        }
        length = bytes.count
    }

    var description: String {
        "\(responseCode) [\(flags)] \(question ?? "-") \(answer) \(authority) \(additional)"
    }

    private static func line(_ record: DNS.Record, in bytes: [UInt8]) throws -> String {
        if record.type == .opt {
            let flags = record.ttl & 0x8000 != 0 ? "do" : ""
            return "OPT version \(record.ttl >> 16 & 0xFF) size \(record.rrClass) \(flags)"
        }
        let name = try DNS.Name(from: bytes.span, at: record.nameOffset)
        let data: String =
            switch record.type {
            case .a, .aaaa: record.address(in: bytes.span)?.description ?? "?"
            case .cname, .ns, .soa:
                try DNS.Name(from: bytes.span, at: record.rdata.lowerBound).description
            default: "\(record.rdata.count) octets"
            }
        return "\(name) \(record.ttl) \(record.type) \(data)"
    }
}

/// A query in wire form.
func query(
    _ name: String, _ type: DNS.RecordType = .a, id: UInt16 = 0x1234,
    edns: DNS.EDNS? = DNS.EDNS(), change: (inout DNS.Builder) -> Void = { _ in }
) throws -> [UInt8] {
    var builder = DNS.Builder.query(try #require(DNS.Name(name)), type, id: id, edns: edns)
    change(&builder)
    return try #require(builder.encoded())
}

extension ZoneSet {
    /// `answer(to:over:)` for arrays: macros of Swift Testing cannot hold a span.
    func answer(_ query: [UInt8], over transport: Transport = .udp) -> [UInt8]? {
        answer(to: query.span, over: transport)
    }
}
