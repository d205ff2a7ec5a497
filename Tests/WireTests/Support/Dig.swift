import Wire

/// A message in the words of dig, for goldens.
func dig(_ bytes: [UInt8]) throws -> String {
    let message = try message(bytes)
    let header = message.header
    var flags: [String] = []
    if header.isResponse { flags.append("qr") }
    if header.authoritative { flags.append("aa") }
    if header.truncated { flags.append("tc") }
    if header.recursionDesired { flags.append("rd") }
    if header.recursionAvailable { flags.append("ra") }
    if header.authenticData { flags.append("ad") }
    if header.checkingDisabled { flags.append("cd") }
    var lines = [
        ";; opcode: \(header.opcode), status: \(message.responseCode), id: \(header.id)",
        ";; flags: \(flags.joined(separator: " ")); QUERY: \(header.questionCount), "
            + "ANSWER: \(header.answerCount), AUTHORITY: \(header.authorityCount), "
            + "ADDITIONAL: \(header.additionalCount)",
    ]
    if let question = message.question {
        let name = try DNS.Name(from: bytes.span, at: question.nameOffset)
        lines.append(";\(name) IN \(question.type)")
    }
    for record in try records(bytes) {
        lines.append("\(record.section): " + (try line(record, bytes)))
    }
    return lines.joined(separator: "\n")
}

private func line(_ record: DNS.Record, _ bytes: [UInt8]) throws -> String {
    if record.type == .opt { return opt(record, bytes) }
    let owner = try DNS.Name(from: bytes.span, at: record.nameOffset)
    let rrClass = record.rrClass == DNS.internet ? "IN" : "CLASS\(record.rrClass)"
    return "\(owner) \(record.ttl) \(rrClass) \(record.type) \(try data(record, bytes))"
}

private func opt(_ record: DNS.Record, _ bytes: [UInt8]) -> String {
    let flags = record.ttl & 0x8000 != 0 ? " do" : ""
    var text = "EDNS: version: \(record.ttl >> 16 & 0xFF), flags:\(flags); udp: \(record.rrClass)"
    var options = DNS.OptionCursor(record.rdata)
    while let option = options.next(in: bytes.span) {
        let value = bytes[option.value]
        switch option.code {
        case DNS.OptionCode.extendedError:
            let code = UInt16(value.first ?? 0) << 8 | UInt16(value.dropFirst().first ?? 0)
            text += "; EDE: \(code): (\(String(decoding: value.dropFirst(2), as: UTF8.self)))"
        case DNS.OptionCode.padding: text += "; PAD: (\(value.count) bytes)"
        default: text += "; OPT=\(option.code): \(hex(value))"
        }
    }
    return text
}

private func data(_ record: DNS.Record, _ bytes: [UInt8]) throws -> String {
    if let address = record.address(in: bytes.span) { return address.description }
    switch record.type {
    case .cname, .dname, .ns, .ptr:
        return try DNS.Name(from: bytes.span, at: record.rdata.lowerBound).description
    case .soa:
        var buffer = DNS.NameBuffer()
        let mailbox = try buffer.load(from: bytes.span, at: record.rdata.lowerBound)
        let numbers = try buffer.load(from: bytes.span, at: mailbox)
        let names = [
            try DNS.Name(from: bytes.span, at: record.rdata.lowerBound).description,
            try DNS.Name(from: bytes.span, at: mailbox).description,
        ]
        let values = stride(from: numbers, to: record.end, by: 4).map { offset in
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }.description
        }
        return (names + values).joined(separator: " ")
    default:
        return "\\# \(record.rdata.count) \(hex(bytes[record.rdata]))"
    }
}
