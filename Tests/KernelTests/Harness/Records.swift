/// Resource records as bytes, for answers that no real server gives.
enum Records {
    /// A pointer to the question's name, which is always at offset 12.
    static let question: [UInt8] = [0xC0, 12]

    static func record(
        _ owner: [UInt8], _ type: UInt16, ttl: UInt32 = 300, rrClass: UInt16 = 1,
        _ data: [UInt8]
    ) -> [UInt8] {
        owner + type.octets + rrClass.octets + ttl.octets + UInt16(data.count).octets + data
    }

    static func record(_ type: UInt16, _ data: [UInt8]) -> [UInt8] {
        record(question, type, data)
    }

    static func a(_ octets: UInt8..., owner: [UInt8] = question) -> [UInt8] {
        record(owner, RType.a, octets)
    }

    static func soa(_ zone: String, ttl: UInt32 = 300) -> [UInt8] {
        let data =
            wire(name: "ns.\(zone)") + wire(name: "host.\(zone)")
            + [1, 3600, 900, 604_800, ttl].flatMap { UInt32($0).octets }
        return record(wire(name: zone), RType.soa, ttl: ttl, data)
    }

    /// With options given as code and data.
    static func opt(
        size: UInt16 = 1232, flags: UInt32 = 0, _ options: [(code: UInt16, data: [UInt8])] = []
    ) -> [UInt8] {
        let data = options.flatMap { $0.code.octets + UInt16($0.data.count).octets + $0.data }
        return record([0], RType.opt, ttl: flags, rrClass: size, data)
    }

    /// A transaction signature (RFC 8945) of the right form; nobody checks it here.
    static var tsig: [UInt8] {
        record(
            wire(name: "key.example.test"), RType.tsig, ttl: 0, rrClass: RType.any,
            wire(name: "hmac-sha256") + [0, 0, 0x65, 0, 0, 0, 1, 44, 0, 32]
                + [UInt8](repeating: 0xAA, count: 32) + [0x42, 0x42, 0, 0, 0, 0])
    }
}

extension ScriptedUpstream.Asked {
    /// A whole answer.
    func answer(
        flags: UInt16 = 0x8580, _ answers: [[UInt8]] = [], authority: [[UInt8]] = [],
        additional: [[UInt8]] = []
    ) -> [UInt8] {
        header(
            flags: flags, answers: UInt16(answers.count), authority: UInt16(authority.count),
            additional: UInt16(additional.count))
            + (answers + authority + additional).flatMap { $0 }
    }
}
