import Wire

/// A message in a few words, for tables: `NXDOMAIN rd ra [a. 60 CNAME c. | d. 60 SOA min 60 | OPT]`.
func described(_ bytes: [UInt8]?) -> String {
    guard let bytes, let message = try? DNS.Message(parsing: bytes.span) else { return "-" }
    let header = message.header
    var words = [message.responseCode.description]
    if header.authoritative { words.append("aa") }
    if header.truncated { words.append("tc") }
    if header.recursionDesired { words.append("rd") }
    if header.recursionAvailable { words.append("ra") }
    if header.authenticData { words.append("ad") }
    var sections: [DNS.Section: [String]] = [:]
    var cursor = message.records
    while let record = cursor.next(in: bytes.span) {
        sections[record.section, default: []].append(describe(record, bytes))
    }
    let lists = [DNS.Section.answer, .authority, .additional].map {
        (sections[$0] ?? []).joined(separator: ", ")
    }
    return words.joined(separator: " ") + " [" + lists.joined(separator: " | ") + "]"
}

private func describe(_ record: DNS.Record, _ bytes: [UInt8]) -> String {
    if record.type == .opt { return "OPT" + extendedError(Array(bytes[record.rdata])) }
    if (65_280..<65_535).contains(record.type.rawValue) { return "PADDING" }
    let owner = text(bytes, at: record.nameOffset)
    let data: String
    switch record.type {
    case .cname, .ns, .dname: data = " " + text(bytes, at: record.rdata.lowerBound)
    case .soa:
        data = " min \(bytes[record.rdata].suffix(4).reduce(0) { $0 << 8 | Int($1) })"
    default: data = record.address(in: bytes.span).map { " \($0)" } ?? ""
    }
    return "\(owner) \(record.ttl) \(record.type)\(data)"
}

private func text(_ bytes: [UInt8], at offset: Int) -> String {
    (try? DNS.Name(from: bytes.span, at: offset)).map(\.description) ?? "?"
}

/// The extended error among EDNS options (code 15); padding is not mentioned.
private func extendedError(_ options: [UInt8]) -> String {
    var at = 0
    while at + 4 <= options.count {
        let code = Int(options[at]) << 8 | Int(options[at + 1])
        let length = Int(options[at + 2]) << 8 | Int(options[at + 3])
        let value = options[(at + 4)..<min(options.count, at + 4 + length)]
        if code == 15 {
            let text = String(decoding: value.dropFirst(2), as: UTF8.self)
            return " EDE \(value.prefix(2).reduce(0) { $0 << 8 | Int($1) }) \(text)"
        }
        at += 4 + length
    }
    return ""
}
