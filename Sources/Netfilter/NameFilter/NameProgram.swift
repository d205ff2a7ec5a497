/// The program that decides in the kernel whether an answer over UDP may be a fault's: the bytecode
/// of a socket filter, run by the match `bpf` on the packet from its IP header on.
///
/// It lets an answer pass (0) only if it has understood all that a fault's names are compared with,
/// the question's name and the target of each CNAME of the answer, and finds none of their suffixes
/// among the keys. Everything else is queued (1): what matches, what is no answer to one question,
/// IPv4 options, IPv6 extension headers, fragments, names and answers longer than the limits.
///
/// The walk over a name is unrolled and nothing but the records is a loop, which the verifier
/// follows to its end; no function is called but the helper, as kernels before 6.2 check programs
/// with functions of their own far less cleverly.
struct NameProgram {
    /// Labels of a name, and records of an answer, that are looked at; the effort of the verifier
    /// grows with their product.
    static let mostLabels = 12
    static let mostRecords: Int32 = 12

    typealias Label = BPFAssembler.Label

    /// Offsets from the frame's end. A packet's headers and the octets under inspection.
    private enum Slot {
        /// 40 octets: the IPv4, UDP and DNS headers; or the IPv6 header, then in the last 20 UDP
        /// and DNS.
        static let headers: Int16 = -40
        static let udp: Int16 = -20
        static let dns: Int16 = -12
        /// 16 octets of a name, or 12 of a record.
        static let chunk: Int16 = -56
        /// Where the DNS message starts in the packet.
        static let message: Int16 = -64
        /// The record after this one.
        static let next: Int16 = -72
        /// Records in the answer section, and how many of them were taken up: 0 during the question.
        static let answers: Int16 = -80
        static let looked: Int16 = -88
        /// The hash of label 0, those of the others below it.
        static let labels: Int16 = -96
    }

    private var code = BPFAssembler()
    private let queue: Label
    private let pass: Label
    private let name: Label
    private let nameEnded: Label
    private let record: Label
    /// `hashed[i]`: r0 holds the hash of what is right of label i.
    private let hashed: [Label]

    /// The instructions, for a map of `NameBits.octets`; nil is a defect.
    static func assemble(map: Int32) -> [UInt64]? {
        var program = NameProgram()
        program.writeHeaders()
        program.writeName()
        program.writeLookups(map: map)
        program.writeRecords()
        program.writeAnswers()
        return program.code.assembled()
    }

    private init() {
        queue = code.label()
        pass = code.label()
        name = code.label()
        nameEnded = code.label()
        record = code.label()
        var labels: [Label] = []
        for _ in 0..<Self.mostLabels { labels.append(code.label()) }
        hashed = labels
    }

    // MARK: Headers

    /// Leaves the context in r6, the offset of the question in r7, the multiplier in r8.
    private mutating func writeHeaders() {
        let isV4 = code.label()
        let dns = code.label()
        code.set(.r6, .move, .r1)
        code.set(.r8, to: NameKey.multiplier)
        code.set(.r2, .move, 0)
        load(40, to: Slot.headers, otherwise: queue)
        code.load(.r1, .byte, at: .frame, Slot.headers)
        code.jump(to: isV4, if: .r1, .equal, 0x45)
        code.set(.r1, .shiftRight, 4)
        code.jump(to: queue, if: .r1, .notEqual, 6)
        code.load(.r1, .byte, at: .frame, Slot.headers + 6)
        code.jump(to: queue, if: .r1, .notEqual, Self.udp)
        code.set(.r2, .move, 40)
        load(20, to: Slot.udp, otherwise: queue)
        code.set(.r7, .move, 48)
        code.jump(to: dns)

        code.place(isV4)
        code.load(.r1, .byte, at: .frame, Slot.headers + 9)
        code.jump(to: queue, if: .r1, .notEqual, Self.udp)
        code.load(.r1, .half, at: .frame, Slot.headers + 6)
        code.fromNetworkOrder16(.r1)
        // "More fragments", and the fragment offset.
        code.set(.r1, .and, 0x3FFF)
        code.jump(to: queue, if: .r1, .notEqual, 0)
        code.set(.r7, .move, 28)

        code.place(dns)
        code.store(.r7, .double, at: .frame, Slot.message)
        code.set(.r7, .add, 12)
        // A response (QR) to a standard query (OPCODE 0) with one question.
        code.load(.r1, .byte, at: .frame, Slot.dns + 2)
        code.set(.r1, .and, 0xF8)
        code.jump(to: queue, if: .r1, .notEqual, 0x80)
        code.load(.r1, .half, at: .frame, Slot.dns + 4)
        code.fromNetworkOrder16(.r1)
        code.jump(to: queue, if: .r1, .notEqual, 1)
        code.load(.r1, .half, at: .frame, Slot.dns + 6)
        code.fromNetworkOrder16(.r1)
        code.jump(to: queue, if: .r1, .greater, Self.mostRecords)
        code.store(.r1, .double, at: .frame, Slot.answers)
        code.store(0, .double, at: .frame, Slot.looked)
    }

    /// IPPROTO_UDP.
    private static let udp: Int32 = 17

    // MARK: Names

    /// Walks the name at r7 and goes on at `nameEnded` with r7 after its final 0.
    private mutating func writeName() {
        code.place(name)
        for number in 0...Self.mostLabels { writeLabel(number) }
    }

    private mutating func writeLabel(_ number: Int) {
        let loaded = code.label()
        let ended = code.label()
        let pointer = code.label()
        let literal = code.label()
        let next = code.label()
        code.set(.r2, .move, .r7)
        loadChunk(16)
        code.jump(to: loaded, if: .r0, .equal, 0)
        // Near the end of the packet: the final 0 or a pointer still fits.
        code.set(.r2, .move, .r7)
        loadChunk(2)
        code.jump(to: queue, if: .r0, .notEqual, 0)
        code.load(.r9, .byte, at: .frame, Slot.chunk)
        code.jump(to: ended, if: .r9, .equal, 0)
        code.jump(to: pointer, if: .r9, .greater, 63)
        code.jump(to: queue)

        code.place(loaded)
        code.load(.r9, .byte, at: .frame, Slot.chunk)
        code.jump(to: ended, if: .r9, .equal, 0)
        code.jump(to: pointer, if: .r9, .greater, 63)
        code.place(literal)
        if number < Self.mostLabels {
            writeHash(storedAs: number)
            code.set(.r7, .add, .r9)
            code.set(.r7, .add, 1)
            code.jump(to: next)
        } else {
            code.jump(to: queue)
        }

        code.place(pointer)
        code.jump(to: queue, if: .r9, .less, 0xC0)
        // In the question there is nothing to point at.
        code.load(.r1, .double, at: .frame, Slot.looked)
        code.jump(to: queue, if: .r1, .equal, 0)
        code.load(.r1, .byte, at: .frame, Slot.chunk + 1)
        code.set(.r9, .and, 0x3F)
        code.set(.r9, .shiftLeft, 8)
        code.set(.r9, .or, .r1)
        code.load(.r7, .double, at: .frame, Slot.message)
        code.set(.r7, .add, .r9)
        code.set(.r2, .move, .r7)
        load(16, to: Slot.chunk, otherwise: queue)
        code.load(.r9, .byte, at: .frame, Slot.chunk)
        code.jump(to: ended, if: .r9, .equal, 0)
        code.jump(to: queue, if: .r9, .greater, 63)
        code.jump(to: literal)

        code.place(ended)
        code.set(.r7, .add, 1)
        if number == 0 {
            // The root, which no pattern means.
            code.jump(to: nameEnded)
        } else {
            code.load(.r0, .half, at: .frame, Slot.udp)
            code.jump(to: hashed[number - 1])
        }
        code.place(next)
    }

    /// `NameKey.hash` of the label of r9 octets whose first 16, length included, are in the chunk.
    private mutating func writeHash(storedAs number: Int) {
        let done = code.label()
        code.set(.r3, .move, 0)
        for word in 0..<Int32(8) {
            let goesOn = code.label()
            if word > 0, word % 2 == 0 {
                // The hash so far survives the call in its own slot.
                code.store(.r3, .double, at: .frame, Self.slot(number))
                code.set(.r2, .move, .r7)
                code.set(.r2, .add, word * 8)
                // Nearer to the packet's end than that, the last octets cannot be had at once.
                load(16, to: Slot.chunk, otherwise: queue)
                code.load(.r3, .double, at: .frame, Self.slot(number))
            }
            code.load(.r1, .double, at: .frame, Slot.chunk + Int16(word % 2) * 8)
            code.set(.r2, to: NameKey.caseFold)
            code.set(.r1, .or, .r2)
            // With the length octet, r9 + 1 octets in all.
            if word < 7 { code.jump(to: goesOn, if: .r9, .greater, word * 8 + 7) }
            code.set(.r4, .move, word * 8 + 7)
            code.set(.r4, .subtract, .r9)
            code.set(.r4, .shiftLeft, 3)
            code.set(.r1, .shiftLeft, .r4)
            mix(.r3, .r1)
            if word < 7 {
                code.jump(to: done)
                code.place(goesOn)
                mix(.r3, .r1)
            }
        }
        code.place(done)
        code.store(.r3, .double, at: .frame, Self.slot(number))
    }

    private static func slot(_ label: Int) -> Int16 { Slot.labels - Int16(label) * 8 }

    // MARK: Lookups

    /// From the last label to the first: each suffix, then the whole name.
    private mutating func writeLookups(map: Int32) {
        for number in (0..<Self.mostLabels).reversed() {
            code.place(hashed[number])
            code.load(.r1, .double, at: .frame, Self.slot(number))
            mix(.r0, .r1)
            if number == 0 {
                look(up: .r0, .name, map)
            } else {
                look(up: .r0, .below, map)
            }
            if number > 1 {
                code.set(.r5, .move, .r0)
                code.load(.r1, .double, at: .frame, Self.slot(number - 2))
                mix(.r5, .r1)
                look(up: .r5, .gap, map)
            }
        }
        code.jump(to: nameEnded)
    }

    /// Queues the packet if the key of this hash is in the map.
    private mutating func look(up hash: BPFAssembler.Register, _ kind: NameKey.Kind, _ map: Int32) {
        let absent = code.label()
        code.set(.r2, .move, hash)
        code.set(.r2, .xor, kind.rawValue)
        code.set(.r2, .multiply, .r8)
        code.set(.r3, .move, .r2)
        code.set(.r3, .shiftRight, NameBits.wordShift)
        code.set(.r3, .shiftLeft, 3)
        code.set(.r1, toValueOf: map)
        code.set(.r1, .add, .r3)
        code.load(.r1, .double, at: .r1)
        // Mostly there is nothing.
        code.jump(to: absent, if: .r1, .equal, 0)
        code.set(.r3, .move, .r2)
        code.set(.r3, .shiftRight, NameBits.firstShift)
        code.set(.r3, .and, 63)
        code.set(.r2, .shiftRight, NameBits.secondShift)
        code.set(.r2, .and, 63)
        code.set(.r4, .move, .r1)
        code.set(.r4, .shiftRight, .r3)
        code.set(.r1, .shiftRight, .r2)
        code.set(.r1, .and, .r4)
        code.set(.r1, .and, 1)
        code.jump(to: queue, if: .r1, .notEqual, 0)
        code.place(absent)
    }

    // MARK: Records

    /// The records of the answer section, for the targets of aliases.
    private mutating func writeRecords() {
        let first = code.label()
        let step = code.label()
        code.place(nameEnded)
        code.load(.r1, .double, at: .frame, Slot.looked)
        code.jump(to: first, if: .r1, .equal, 0)
        code.load(.r7, .double, at: .frame, Slot.next)
        code.jump(to: record)
        code.place(first)
        // The question's type and class.
        code.set(.r7, .add, 4)

        code.place(record)
        code.load(.r9, .double, at: .frame, Slot.looked)
        code.load(.r1, .double, at: .frame, Slot.answers)
        code.jump(to: pass, if: .r9, .equal, .r1)
        code.jump(to: queue, if: .r9, .equal, Self.mostRecords)
        code.set(.r9, .add, 1)
        code.store(.r9, .double, at: .frame, Slot.looked)
        code.set(.r2, .move, .r7)
        load(12, to: Slot.chunk, otherwise: queue)
        // An owner other than a pointer is rare: queued.
        code.load(.r1, .byte, at: .frame, Slot.chunk)
        code.jump(to: queue, if: .r1, .less, 0xC0)
        code.load(.r1, .half, at: .frame, Slot.chunk + 10)
        code.fromNetworkOrder16(.r1)
        code.set(.r7, .add, 12)
        code.load(.r2, .half, at: .frame, Slot.chunk + 2)
        code.fromNetworkOrder16(.r2)
        code.jump(to: queue, if: .r2, .equal, Self.dname)
        code.jump(to: step, if: .r2, .notEqual, Self.cname)
        code.set(.r1, .add, .r7)
        code.store(.r1, .double, at: .frame, Slot.next)
        code.jump(to: name)
        code.place(step)
        code.set(.r7, .add, .r1)
        code.jump(to: record)
    }

    /// Record types (RFC 1035 section 3.2.2, RFC 6672).
    private static let cname: Int32 = 5
    private static let dname: Int32 = 39

    // MARK: Answers

    private mutating func writeAnswers() {
        code.place(pass)
        code.set(.r0, .move, 0)
        code.exit()
        code.place(queue)
        code.set(.r0, .move, 1)
        code.exit()
    }

    // MARK: Parts

    /// `NameKey.mix`; needs r4.
    private mutating func mix(_ hash: BPFAssembler.Register, _ value: BPFAssembler.Register) {
        code.set(hash, .xor, value)
        code.set(hash, .multiply, .r8)
        code.set(.r4, .move, hash)
        code.set(.r4, .shiftRight, 32)
        code.set(hash, .xor, .r4)
    }

    /// Octets of the packet from r2 on to a place in the frame; r0 is not 0 if there are not so many.
    private mutating func load(_ count: Int32, to slot: Int16, otherwise: Label) {
        call(count, to: slot)
        code.jump(to: otherwise, if: .r0, .notEqual, 0)
    }

    private mutating func loadChunk(_ count: Int32) { call(count, to: Slot.chunk) }

    private mutating func call(_ count: Int32, to slot: Int16) {
        code.set(.r1, .move, .r6)
        code.set(.r3, .move, .frame)
        code.set(.r3, .add, Int32(slot))
        code.set(.r4, .move, count)
        code.call(.loadPacket)
    }
}
