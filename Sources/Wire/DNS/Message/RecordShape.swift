extension DNS {
    /// Where the names in a type's RDATA are: what must be known to move a record between messages.
    ///
    /// RDATA is `prefix` octets, `strings` character strings, `names` domain names, then `suffix`
    /// octets. Types not listed here hold no name that may be compressed, and are opaque.
    struct RecordShape: Equatable {
        var prefix = 0
        var strings = 0
        var names = 0
        /// Nil: any number of octets may follow.
        var suffix: Int? = 0
        /// Whether names are written compressed: those types of RFC 1035 alone (RFC 3597 section
        /// 4).
        var compresses = false

        static let opaque = RecordShape(suffix: nil)

        init(
            prefix: Int = 0, strings: Int = 0, names: Int = 0, suffix: Int? = 0,
            compresses: Bool = false
        ) {
            self.prefix = prefix
            self.strings = strings
            self.names = names
            self.suffix = suffix
            self.compresses = compresses
        }

        init(of type: RecordType) {
            switch type {
            case .a: self.init(prefix: 4)
            case .aaaa: self.init(prefix: 16)
            case .cname, .ns, .ptr, .mb, .md, .mf, .mg, .mr:
                self.init(names: 1, compresses: true)
            case .soa: self.init(names: 2, suffix: 20, compresses: true)
            case .mx: self.init(prefix: 2, names: 1, compresses: true)
            case .minfo: self.init(names: 2, compresses: true)
            case .dname: self.init(names: 1)
            case .rp: self.init(names: 2)
            case .afsdb, .rt, .kx: self.init(prefix: 2, names: 1)
            case .px: self.init(prefix: 2, names: 2)
            case .srv: self.init(prefix: 6, names: 1)
            case .naptr: self.init(prefix: 4, strings: 3, names: 1)
            case .sig, .rrsig: self.init(prefix: 18, names: 1, suffix: nil)
            case .nxt, .nsec: self.init(names: 1, suffix: nil)
            case .svcb, .https: self.init(prefix: 2, names: 1, suffix: nil)
            default: self = .opaque
            }
        }
    }
}

extension DNS.RecordShape {
    /// Checks RDATA against the shape of its type, and the lists of OPT and SVCB.
    ///
    /// RDATA may be empty under the classes NONE and ANY, as in a dynamic update (RFC 2136).
    static func check(_ record: DNS.Record, in bytes: Span<UInt8>) throws(WireError) {
        if record.rdata.isEmpty, record.rrClass == 254 || record.rrClass == 255 { return }
        let start = try DNS.RecordShape(of: record.type).namesEnd(record.rdata, in: bytes)
        if record.type == .opt {
            try DNS.OptionCursor.check(record.rdata, in: bytes)
        } else if record.type.isServiceBinding {
            try DNS.OptionCursor.check(start..<record.end, in: bytes)
        }
    }

    /// Where the names begin, after the prefix and the character strings.
    func namesStart(_ rdata: Range<Int>, in bytes: Span<UInt8>) throws(WireError) -> Int {
        var position = rdata.lowerBound + prefix
        for _ in 0..<strings {
            guard position < rdata.upperBound else {
                throw WireError(offset: position, problem: .recordData)
            }
            position += 1 + Int(bytes[position])
        }
        guard position <= rdata.upperBound else {
            throw WireError(offset: rdata.lowerBound, problem: .recordData)
        }
        return position
    }

    /// Where the suffix begins; the suffix is checked too.
    private func namesEnd(_ rdata: Range<Int>, in bytes: Span<UInt8>) throws(WireError) -> Int {
        var position = try namesStart(rdata, in: bytes)
        for _ in 0..<names { position = try DNS.skipName(in: bytes, at: position) }
        let rest = rdata.upperBound - position
        guard rest >= 0, suffix == nil || suffix == rest else {
            throw WireError(offset: position, problem: .recordData)
        }
        return position
    }
}
