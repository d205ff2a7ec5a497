import Wire

// Arrays in and out: a span cannot cross the closures that `#expect` makes.

func message(_ bytes: [UInt8]) throws(WireError) -> DNS.Message {
    try DNS.Message(parsing: bytes.span)
}

func packet(_ bytes: [UInt8]) throws(WireError) -> Packet {
    try Packet(parsing: bytes.span)
}

func messageProblem(_ bytes: [UInt8]) -> WireError.Problem? {
    do {
        _ = try message(bytes)
        return nil
    } catch {
        return error.problem
    }
}

func packetProblem(_ bytes: [UInt8]) -> WireError.Problem? {
    do {
        _ = try packet(bytes)
        return nil
    } catch {
        return error.problem
    }
}

func verifies(_ bytes: [UInt8]) throws(WireError) -> Bool {
    try packet(bytes).checksumsVerify(bytes.span)
}

func rewrite(_ bytes: [UInt8], payload: [UInt8], capacity: Int = 70_000) throws -> Writer {
    var out = Writer(capacity: capacity)
    try packet(bytes).write(payload: payload.span, original: bytes.span, to: &out)
    return out
}

func records(_ bytes: [UInt8]) throws(WireError) -> [DNS.Record] {
    var cursor = try message(bytes).records
    var records: [DNS.Record] = []
    while let record = cursor.next(in: bytes.span) { records.append(record) }
    return records
}

func loaded(_ bytes: [UInt8]) throws(WireError) -> DNS.Answer {
    var answer = DNS.Answer()
    answer.load(try message(bytes), from: bytes.span)
    return answer
}

/// What an answer is written as; empty if it was refused.
func written(
    _ answer: DNS.Answer, _ source: [UInt8], _ limit: DNS.Answer.Limit, capacity: Int = 65_535
) -> (outcome: DNS.Answer.Outcome, bytes: [UInt8]) {
    var out = Writer(capacity: capacity)
    let outcome = answer.write(to: &out, source: source.span, limit: limit)
    return (outcome, out.bytes)
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Reads hexadecimal digits; white space between them is for people.
func octets(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A name that the test knows to be right.
func name(_ text: String) -> DNS.Name {
    DNS.Name(text) ?? .root
}

func address(_ text: String) -> IPAddress {
    IPAddress(text) ?? .v4(0)
}

/// The address of an IPv4 text as an integer.
func v4(_ text: String) -> UInt32 {
    if case .v4(let value) = address(text) { value } else { 0 }
}

func v6(_ text: String) -> UInt128 {
    if case .v6(let value) = address(text) { value } else { 0 }
}

extension DNS.Builder {
    /// The message in wire form; empty if it cannot be.
    var bytes: [UInt8] { encoded() ?? [] }
}
