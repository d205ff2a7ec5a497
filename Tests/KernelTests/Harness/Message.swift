/// A DNS message as a test reads it. Written anew for the tests, so that the product's own reader
/// does not vouch for its own writer.
struct Message: Equatable, Sendable {
    var bytes: [UInt8]
    var question: Question
    var answers: [Record] = []
    var authority: [Record] = []
    /// Without the OPT record.
    var additional: [Record] = []
    var opt: Record?

    struct Question: Equatable, Sendable {
        /// As on the wire, case and all, with type and class.
        var bytes: [UInt8]
        var name: String
        var type: UInt16
    }

    struct Record: Equatable, Sendable {
        var owner: String
        var type: UInt16
        var rrClass: UInt16
        var ttl: UInt32
        /// Addresses, names and texts as people write them; anything else in hex.
        var data: String
        var octets: [UInt8]
    }

    struct Malformed: Error {
        var at: Int
        var bytes: [UInt8]
    }

    var id: UInt16 { UInt16(bytes[0]) << 8 | UInt16(bytes[1]) }
    var isResponse: Bool { bytes[2] & 0x80 != 0 }
    var authoritative: Bool { bytes[2] & 0x04 != 0 }
    var truncated: Bool { bytes[2] & 0x02 != 0 }
    var recursionDesired: Bool { bytes[2] & 0x01 != 0 }
    var recursionAvailable: Bool { bytes[3] & 0x80 != 0 }
    var authenticData: Bool { bytes[3] & 0x20 != 0 }
    var checkingDisabled: Bool { bytes[3] & 0x10 != 0 }
    var code: UInt8 { bytes[3] & 0x0F }

    /// The data of the answer's records of a type, in order.
    func data(_ type: UInt16) -> [String] {
        answers.filter { $0.type == type }.map(\.data)
    }

    var addresses: Set<String> { Set(data(RType.a) + data(RType.aaaa)) }

    /// The options of the OPT record: code and data.
    var options: [(code: UInt16, data: [UInt8])] {
        var rest = (opt?.octets ?? [])[...]
        var options: [(UInt16, [UInt8])] = []
        while rest.count >= 4 {
            let start = rest.startIndex
            let code = UInt16(rest[start]) << 8 | UInt16(rest[start + 1])
            let length = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
            rest = rest.dropFirst(4)
            options.append((code, Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return options
    }

    /// RFC 8914: the info code and the text.
    var extendedError: (code: UInt16, text: String)? {
        guard let data = options.first(where: { $0.code == 15 })?.data, data.count >= 2 else {
            return nil
        }
        return (
            UInt16(data[0]) << 8 | UInt16(data[1]),
            String(decoding: data.dropFirst(2), as: UTF8.self)
        )
    }

    /// Reads a whole message; trailing bytes are an error.
    init(_ bytes: [UInt8]) throws {
        var reader = Reader(bytes: bytes)
        let header = try reader.take(12)
        guard header[4] == 0, header[5] == 1 else { throw Malformed(at: 4, bytes: bytes) }
        let name = try reader.name()
        let type = try reader.number()
        _ = try reader.number()
        self.bytes = bytes
        question = Question(bytes: Array(bytes[12..<reader.at]), name: name, type: type)
        for index in 0..<3 {
            let count = Int(header[6 + 2 * index]) << 8 | Int(header[7 + 2 * index])
            for _ in 0..<count {
                let record = try reader.record()
                switch index {
                case 0: answers.append(record)
                case 1: authority.append(record)
                default:
                    if record.type == RType.opt {
                        opt = record
                    } else {
                        additional.append(record)
                    }
                }
            }
        }
        guard reader.at == bytes.count else { throw Malformed(at: reader.at, bytes: bytes) }
    }
}

extension Message {
    private struct Reader {
        var bytes: [UInt8]
        var at = 0

        mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count >= 0, at + count <= bytes.count else {
                throw Malformed(at: at, bytes: bytes)
            }
            defer { at += count }
            return bytes[at..<at + count]
        }

        mutating func octet() throws -> UInt8 { try take(1).reduce(0) { $1 } }
        mutating func number() throws -> UInt16 { try take(2).reduce(0) { $0 << 8 | UInt16($1) } }
        mutating func long() throws -> UInt32 { try take(4).reduce(0) { $0 << 8 | UInt32($1) } }

        /// Lower-case, without the final dot.
        mutating func name() throws -> String {
            var labels: [String] = []
            var end: Int?
            for _ in 0..<128 {
                let length = try octet()
                if length & 0xC0 == 0xC0 {
                    let target = Int(length & 0x3F) << 8 | Int(try octet())
                    end = end ?? at
                    at = target
                } else if length == 0 {
                    at = end ?? at
                    return labels.joined(separator: ".")
                } else {
                    let label = try take(Int(length))
                    labels.append(String(decoding: label, as: UTF8.self).lowercased())
                }
            }
            throw Malformed(at: at, bytes: bytes)
        }

        mutating func record() throws -> Record {
            let owner = try name()
            let (type, rrClass, ttl) = (try number(), try number(), try long())
            let octets = Array(try take(Int(try number())))
            let end = at
            at -= octets.count
            let data = try text(of: type, octets)
            guard at == end else { throw Malformed(at: at, bytes: bytes) }
            return Record(
                owner: owner, type: type, rrClass: rrClass, ttl: ttl, data: data, octets: octets)
        }

        private mutating func text(of type: UInt16, _ octets: [UInt8]) throws -> String {
            switch (type, octets.count) {
            case (RType.a, 4):
                at += 4
                return octets.map { String($0) }.joined(separator: ".")
            case (RType.aaaa, 16):
                at += 16
                return stride(from: 0, to: 16, by: 2).map {
                    String(UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]), radix: 16)
                }.joined(separator: ":")
            case (RType.cname, _), (RType.dname, _), (RType.ns, _):
                return try name()
            case (RType.soa, _):
                let names = [try name(), try name()].map { $0.isEmpty ? "." : $0 }
                let numbers = try (0..<5).map { _ in String(try long()) }
                return (names + numbers).joined(separator: " ")
            default:
                at += octets.count
                return octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                    .joined()
            }
        }
    }
}
