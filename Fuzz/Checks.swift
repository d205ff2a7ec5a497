import Wire

// Each property ends the process where it does not hold: libFuzzer keeps the input that did it.

/// Parse; then edit, write and parse again, for each of several edits and limits.
func checkMessage(_ bytes: [UInt8]) {
    guard let message = try? DNS.Message(parsing: bytes.span) else { return }
    var answer = DNS.Answer()
    var out = Writer(capacity: 70_000)
    for (number, edit) in edits.enumerated() {
        for slack in [0, 1, 12, -1] {
            answer.load(message, from: bytes.span)
            edit(&answer)
            let exact = bytes.count + slack
            check(answer, bytes, .exactly(exact), into: &out, "edit \(number), exactly \(exact)")
            check(answer, bytes, .atMost(exact), into: &out, "edit \(number), at most \(exact)")
        }
    }
}

private let edits: [@Sendable (inout DNS.Answer) -> Void] = [
    { _ in },
    { answer in
        answer.keepChainOnly()
        answer.responseCode = .noError
        answer.soa = DNS.NegativeSOA(ttl: 60)
        answer.ede = DNS.ExtendedError(code: 4, text: "brownout:fuzz")
    },
    { answer in
        answer.clear()
        answer.responseCode = .servFail
        answer.truncated = true
    },
    { answer in
        answer.setAddresses([.v4(0x0A00_0001), .v6(1), .v4(0x0A00_0002)])
        answer.dropAddressHints()
        answer.dropSignatures()
        answer.ede = DNS.ExtendedError(code: 4, text: "brownout:ünïcode")
    },
    { answer in
        answer.keepAddresses { index, _ in index % 2 == 0 }
        for index in answer.entries.indices { answer.entries[index].ttl = 1 }
        answer.soa = DNS.Name("zone.example").map {
            DNS.NegativeSOA(owner: .zone($0), ttl: 5)
        }
    },
]

private func check(
    _ answer: DNS.Answer, _ source: [UInt8], _ limit: DNS.Answer.Limit,
    into out: inout Writer, _ what: String
) {
    out.reset()
    // A prefix shows offsets that are taken from the output's start, not the message's.
    out.append(UInt16(0xFFFF))
    let outcome = answer.write(to: &out, source: source.span, limit: limit)
    guard outcome.isWritten else {
        return require(out.count == 2 && !out.overflowed, "refused, yet written: \(what)")
    }
    let written = Array(out.bytes[2...])
    switch limit {
    case .exactly(let size): require(written.count == size, "not the exact length: \(what)")
    case .atMost(let size): require(written.count <= size, "too long: \(what)")
    }
    guard let again = try? DNS.Message(parsing: written.span) else {
        return require(false, "written, yet it does not parse: \(what)")
    }
    require(again.header.id == answer.source?.header.id, "ID changed: \(what)")
    require(again.responseCode == answer.responseCode, "response code lost: \(what)")
    require(!again.header.authenticData, "AD not cleared: \(what)")
    let questions = answer.source?.questionsEnd ?? 0
    require(
        again.questionsEnd == questions && written[12..<questions] == source[12..<questions],
        "questions changed: \(what)")
    checkRecords(answer, source, again, written, what)
}

/// The written records are the entries, in their order, with their owners, types and TTLs.
private func checkRecords(
    _ answer: DNS.Answer, _ source: [UInt8], _ message: DNS.Message, _ bytes: [UInt8],
    _ what: String
) {
    var records = message.records
    for entry in answer.entries {
        var next = records.next(in: bytes.span)
        while let record = next, record.type == .opt || record.section != entry.record.section {
            next = records.next(in: bytes.span)
        }
        require(
            next?.type == entry.record.type && next?.ttl == entry.ttl, "record lost: \(what)")
        // Of the source's own length it may be the source patched, where a hostile name that runs
        // through a TTL reads differently.
        if let record = next, bytes.count != source.count {
            let owner = try? DNS.Name(from: source.span, at: entry.record.nameOffset)
            let again = try? DNS.Name(from: bytes.span, at: record.nameOffset)
            require(owner != nil && owner?.wire == again?.wire, "owner changed: \(what)")
        }
        if case .address(let address) = entry.data {
            require(next?.address(in: bytes.span) == address, "address lost: \(what)")
        }
    }
}

/// Parse, and write with another payload: the result parses, verifies, and carries the payload.
func checkPacket(_ bytes: [UInt8]) {
    guard let packet = try? Packet(parsing: bytes.span) else { return }
    _ = packet.checksumsVerify(bytes.span)
    var out = Writer(capacity: 70_000)
    for size in [0, 1, packet.payload.count, 66_000] {
        let payload = [UInt8](repeating: 0xA5, count: size)
        out.reset()
        packet.write(payload: payload.span, original: bytes.span, to: &out)
        guard !out.overflowed else { continue }
        let written = out.bytes
        guard let again = try? Packet(parsing: written.span) else {
            return require(false, "a written packet does not parse")
        }
        require(again.checksumsVerify(written.span), "a written packet does not verify")
        require(written[again.payload].elementsEqual(payload), "a payload was lost")
    }
    checkMessage(Array(bytes[packet.payload]))
}

private func require(_ condition: Bool, _ what: String) {
    if !condition { fatalError(what) }
}
