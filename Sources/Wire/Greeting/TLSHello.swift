/// The ClientHello of TLS 1.0 to 1.3 (RFC 8446 section 4.1.2), read field by field as it comes.
struct TLSHello: Sendable {
    /// The content type of its records (RFC 8446 section 5.1).
    static let handshake: UInt8 = 22
    private static let clientHello = 1
    /// `server_name` among the extensions, and `host_name` within it (RFC 6066 section 3).
    private static let serverName = 0
    private static let hostName = 0

    /// What is read next.
    private enum Part {
        case message, random, session, cipherSuites, compressions, extensions, `extension`
        case names, name
    }

    private var records = HelloRecords()
    private var vectors = VectorReader()
    private var part = Part.message

    /// Octets that are kept.
    var size: Int { vectors.bytes.count }

    /// What is known when these octets have come too; what follows an answer does not matter.
    mutating func read(_ piece: Span<UInt8>) -> Greeting {
        records.read(piece, into: &vectors.bytes)
        while true {
            let before = vectors.place
            do throws(VectorReader.Stop) {
                if let greeting = try readPart() { return greeting }
            } catch .unfinished {
                // The part in hand is read anew when more has come, those before it are done with.
                vectors.place = before
                return records.haveEnded ? .namesNobody : .unfinished
            } catch {
                return .namesNobody
            }
        }
    }

    /// Nil: it goes on with the next part.
    private mutating func readPart() throws(VectorReader.Stop) -> Greeting? {
        switch part {
        case .message:
            guard try vectors.number(1) == Self.clientHello else { return .namesNobody }
            try vectors.enter(3)
            part = .random
        case .random:
            // Version and random.
            try vectors.skip(2 + 32)
            part = .session
        case .session:
            try vectors.skip(vectors.number(1))
            part = .cipherSuites
        case .cipherSuites:
            try vectors.skip(vectors.number(2))
            part = .compressions
        case .compressions:
            try vectors.skip(vectors.number(1))
            part = .extensions
        case .extensions:
            try vectors.enter(2)
            part = .extension
        case .extension:
            let type = try vectors.number(2)
            let length = try vectors.number(2)
            guard type == Self.serverName else {
                try vectors.skip(length)
                return nil
            }
            try vectors.confine(to: length)
            part = .names
        case .names:
            try vectors.enter(2)
            part = .name
        case .name:
            let type = try vectors.number(1)
            let name = try vectors.octets(vectors.number(2))
            if type == Self.hostName { return Greeting(host: name) }
        }
        return nil
    }
}
