extension DNS.Builder {
    /// The message in wire form; nil if it is longer than `limit` octets.
    public func encoded(atMost limit: Int = DNS.maximumMessageSize) -> [UInt8]? {
        var out = Writer(capacity: min(limit, DNS.maximumMessageSize))
        counted.write(to: &out)
        var records = DNS.RecordWriter(base: 0, compresses: compresses)
        for question in questions {
            records.write(question.name, to: &out)
            out.append(question.type.rawValue)
            out.append(question.rrClass)
        }
        // A signature covers all that stands before it, OPT included (RFC 8945 section 5.1).
        let signature = additionals.lastIndex { $0.data.type == .tsig } ?? additionals.endIndex
        for resource in answers + authorities + additionals[..<signature] {
            records.write(resource, to: &out)
        }
        if let edns { records.write(edns, to: &out) }
        for resource in additionals[signature...] { records.write(resource, to: &out) }
        return out.overflowed ? nil : out.bytes
    }

    private var counted: DNS.Header {
        var header = header
        header.questionCount = UInt16(truncatingIfNeeded: questions.count)
        header.answerCount = UInt16(truncatingIfNeeded: answers.count)
        header.authorityCount = UInt16(truncatingIfNeeded: authorities.count)
        header.additionalCount = UInt16(
            truncatingIfNeeded: additionals.count + (edns == nil ? 0 : 1))
        return header
    }
}

extension DNS.RecordWriter {
    mutating func write(_ resource: DNS.Builder.Resource, to out: inout Writer) {
        let type = resource.data.type
        // The key's name must survive to the octet (RFC 8945 section 4.2).
        write(resource.name, compressing: type != .tsig, to: &out)
        let start = Self.begin(type, resource.rrClass, resource.ttl, to: &out)
        write(resource.data, to: &out)
        Self.end(start, in: &out)
    }

    mutating func write(_ edns: DNS.EDNS, to out: inout Writer) {
        out.append(UInt8(0))
        let flags: UInt32 = edns.dnssecOK ? 0x8000 : 0
        let ttl = UInt32(edns.upperCode) << 24 | UInt32(edns.version) << 16 | flags
        let start = Self.begin(.opt, edns.udpSize, ttl, to: &out)
        for option in edns.options {
            out.append(option.code)
            Self.append(option.value, to: &out)
        }
        Self.end(start, in: &out)
    }

    private mutating func write(_ data: DNS.RecordData, to out: inout Writer) {
        let compressing = DNS.RecordShape(of: data.type).compresses
        switch data {
        case .a(let value):
            out.append(value)
        case .aaaa(let value):
            out.append(IPAddress.v6(value))
        case .cname(let name), .dname(let name), .ns(let name), .ptr(let name):
            write(name, compressing: compressing, to: &out)
        case .soa(let soa):
            write(soa.primary, to: &out)
            write(soa.mailbox, to: &out)
            for value in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] {
                out.append(value)
            }
        case .mx(let preference, let name):
            out.append(preference)
            write(name, to: &out)
        case .srv(let priority, let weight, let port, let name):
            for value in [priority, weight, port] { out.append(value) }
            write(name, compressing: compressing, to: &out)
        case .txt(let strings):
            for string in strings { out.append(DNS.CharacterString.octets(string)) }
        case .svcb(let binding), .https(let binding):
            write(binding, to: &out)
        case .tsig(let signature):
            write(signature, to: &out)
        case .opaque(_, let bytes):
            out.append(bytes)
        }
    }

    private mutating func write(_ binding: DNS.ServiceBinding, to out: inout Writer) {
        out.append(binding.priority)
        write(binding.target, compressing: false, to: &out)
        for parameter in binding.parameters {
            out.append(parameter.key)
            Self.append(parameter.value, to: &out)
        }
    }

    private mutating func write(_ signature: DNS.TransactionSignature, to out: inout Writer) {
        write(signature.algorithm, compressing: false, to: &out)
        out.append(UInt16(truncatingIfNeeded: signature.timeSigned >> 32))
        out.append(UInt32(truncatingIfNeeded: signature.timeSigned))
        out.append(signature.fudge)
        Self.append(signature.mac, to: &out)
        out.append(signature.originalID)
        out.append(signature.error)
        out.append(UInt16(0))
    }

    /// Appends 16 bits of length and the octets; more than a message can hold overflows anyway.
    private static func append(_ bytes: [UInt8], to out: inout Writer) {
        out.append(UInt16(truncatingIfNeeded: bytes.count))
        out.append(bytes)
    }
}
