internal import CNetfilter
internal import Glibc

/// A filter on names in the kernel: a BPF program (`NameProgram`) and the keys that it looks for,
/// both gone when the last descriptor is: this value's, and that of a rule that uses it.
///
/// Opened with privileges (CAP_BPF), changed without any: the keys are memory that is shared with
/// the kernel.
@safe public struct NameFilter: ~Copyable, @unchecked Sendable {
    private let program: Descriptor
    private let map: Descriptor
    private let words: UnsafeMutablePointer<UInt64>
    private var keys: Set<NameKey> = []

    /// Loads the program, with no keys: it lets pass what it understands.
    ///
    /// Throws `.notPermitted` without CAP_BPF in the first user namespace, `.unsupported` where the
    /// kernel lacks BPF or does not take the program. After an error nothing is left.
    public init() throws(NetlinkError) {
        guard 1.littleEndian == 1 else {
            throw NetlinkError(
                call: "load name filter", errno: ENOSYS,
                reason: .unsupported("the octet order that the name filter is written for"))
        }
        let map = try Self.explained(
            Descriptor(bn_bpf_array(NameBits.octets), of: "bpf MAP_CREATE"))
        guard let instructions = NameProgram.assemble(map: map.number) else {
            throw NetlinkError(call: "assemble name filter", errno: EINVAL)
        }
        let program = try Self.explained(Descriptor(Self.load(instructions), of: "bpf PROG_LOAD"))
        let memory = unsafe mmap(
            nil, Int(NameBits.octets), PROT_READ | PROT_WRITE, MAP_SHARED, map.number, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw .last("mmap name filter")
        }
        self.map = map
        self.program = program
        unsafe words = memory.bindMemory(to: UInt64.self, capacity: NameBits.words)
    }

    deinit { _ = unsafe munmap(words, Int(NameBits.octets)) }

    /// For rules: which program. Good as long as this value lives.
    public var id: ID { ID(descriptor: program.number) }

    public struct ID: Hashable, Sendable {
        let descriptor: Int32
    }

    /// Adds keys: when this returns, the next answer that they may mean is found.
    public mutating func widen(to wanted: Set<NameKey>) {
        for key in wanted.subtracting(keys) {
            let word = unsafe words + NameBits.word(of: key)
            unsafe Self.store(word.pointee | NameBits.mask(of: key), to: word)
        }
        keys.formUnion(wanted)
    }

    /// Removes all keys but these. At no moment is one of these missing.
    public mutating func narrow(to wanted: Set<NameKey>) {
        keys.formIntersection(wanted)
        var image: [Int: UInt64] = [:]
        for key in keys { image[NameBits.word(of: key), default: 0] |= NameBits.mask(of: key) }
        for index in 0..<NameBits.words where unsafe words[index] != image[index] ?? 0 {
            unsafe Self.store(image[index] ?? 0, to: words + index)
        }
    }

    /// One store of 64 bits, which the program sees whole.
    private static func store(_ value: UInt64, to word: UnsafeMutablePointer<UInt64>) {
        unsafe bn_store(word, value)
    }

    /// Runs the program on an IP packet as the match does, for tests. Needs CAP_BPF. The
    /// corresponding command of bpf(2) is BPF_PROG_TEST_RUN.
    ///
    /// - Returns: Whether it would queue the packet, and the ns that a run took.
    func run(
        on packet: [UInt8], repeating count: UInt32 = 1
    ) throws(NetlinkError) -> (queues: Bool, nanoseconds: UInt32) {
        // An Ethernet header, which the kernel takes off.
        let type: [UInt8] = packet.first.map { $0 >> 4 } == 6 ? [0x86, 0xDD] : [0x08, 0x00]
        let frame = [UInt8](repeating: 0, count: 12) + type + packet
        var (answer, time): (UInt32, UInt32) = (0, 0)
        let result = unsafe bn_bpf_test_run(
            program.number, frame, UInt32(frame.count), count, &answer, &time)
        guard result == 0 else { throw .last("bpf PROG_TEST_RUN") }
        return (answer != 0, time)
    }

    /// What the verifier says of the program, for tests.
    static func verifierLog() throws(NetlinkError) -> String {
        let map = try Descriptor(bn_bpf_array(NameBits.octets), of: "bpf MAP_CREATE")
        guard let instructions = NameProgram.assemble(map: map.number) else { return "" }
        var log = [CChar](repeating: 0, count: 1 << 16)
        let program = unsafe bn_bpf_socket_filter(
            instructions, UInt32(instructions.count), &log, UInt32(log.count))
        let error = Glibc.errno
        if program >= 0 { close(program) }
        let text = String(
            decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "errno \(error)" : text
    }

    private static func load(_ instructions: [UInt64]) -> Int32 {
        unsafe bn_bpf_socket_filter(instructions, UInt32(instructions.count), nil, 0)
    }

    private static func explained(
        _ open: @autoclosure () throws(NetlinkError) -> Descriptor
    ) throws(NetlinkError) -> Descriptor {
        do throws(NetlinkError) {
            return try open()
        } catch {
            var error = error
            if error.reason != .notPermitted {
                error.reason = .unsupported(
                    "what the name filter needs (CONFIG_BPF_SYSCALL, Linux 5.12)")
            }
            throw error
        }
    }
}
