/// The ClientHello of TLS 1.0 to 1.3 (RFC 8446 section 4.1.2), as far as it has come.
enum TLSHello {
    /// The content type of its records (RFC 8446 section 5.1).
    static let handshake: UInt8 = 22
    private static let clientHello: UInt8 = 1
    /// `server_name` among the extensions, and `host_name` within it (RFC 6066 section 3).
    private static let serverName = 0
    private static let hostName = 0

    static func greeting(_ bytes: Span<UInt8>) -> Greeting {
        guard let fragments = fragments(bytes) else { return .namesNobody }
        var hello = Reader(fragments)
        do throws(Reader.Stop) {
            guard try hello.number(1) == Int(clientHello) else { return .namesNobody }
            try hello.enter(3)
            // Version and random; then session id, cipher suites and compression methods.
            try hello.skip(2 + 32)
            try hello.skip(hello.number(1))
            try hello.skip(hello.number(2))
            try hello.skip(hello.number(1))
            try hello.enter(2)
            while true {
                let type = try hello.number(2)
                let length = try hello.number(2)
                guard type == serverName else {
                    try hello.skip(length)
                    continue
                }
                return try name(in: &hello, length: length)
            }
        } catch {
            return error == .unfinished ? .unfinished : .namesNobody
        }
    }

    private static func name(
        in hello: inout Reader, length: Int
    ) throws(Reader.Stop) -> Greeting {
        try hello.confine(to: length)
        try hello.enter(2)
        while true {
            let type = try hello.number(1)
            let name = try hello.octets(hello.number(2))
            if type == hostName { return Greeting(host: name) }
        }
    }

    /// What the records hold, one behind the other: a message may be spread over several. Nil if the
    /// first is none; what follows a hello at once, such as early data, is another matter.
    private static func fragments(_ bytes: Span<UInt8>) -> [UInt8]? {
        var fragments: [UInt8] = []
        fragments.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            // Type, version (3.x whatever the version is), length.
            guard bytes[at] == handshake else { break }
            if at + 1 < bytes.count, bytes[at + 1] != 3 { return nil }
            guard at + 5 <= bytes.count else { break }
            let length = Int(bytes.uint16(at: at + 3))
            // RFC 8446 section 5.1: no empty fragments, and 2^14 octets at the most.
            guard (1...1 << 14).contains(length) else { return nil }
            let end = min(at + 5 + length, bytes.count)
            for index in at + 5..<end { fragments.append(bytes[index]) }
            at += 5 + length
        }
        return fragments
    }

    /// Reads vectors within vectors, none of which may be longer than the one around it.
    private struct Reader {
        enum Stop: Error {
            /// The octets have not come yet.
            case unfinished
            /// The vector in hand has ended, or one in it is too long.
            case ended
        }

        private let bytes: [UInt8]
        private var at = 0
        /// Where the vector in hand ends, whether that has come or not.
        private var end = Int.max

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func number(_ size: Int) throws(Stop) -> Int {
            try octets(size).reduce(0) { $0 << 8 | Int($1) }
        }

        mutating func octets(_ count: Int) throws(Stop) -> ArraySlice<UInt8> {
            guard count <= end - at else { throw .ended }
            guard count <= bytes.count - at else { throw .unfinished }
            defer { at += count }
            return bytes[at..<at + count]
        }

        mutating func skip(_ count: Int) throws(Stop) { _ = try octets(count) }

        /// Goes into a vector whose length is in so many octets.
        mutating func enter(_ size: Int) throws(Stop) { try confine(to: number(size)) }

        mutating func confine(to length: Int) throws(Stop) {
            guard length <= end - at else { throw .ended }
            end = at + length
        }
    }
}
