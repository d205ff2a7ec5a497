/// Writes eBPF instructions; jumps are to labels that may be placed later.
///
/// Source: the kernel's Documentation/bpf/standardization/instruction-set.rst, whose names these are.
struct BPFAssembler {
    /// r0: results. r1 to r5: arguments, gone after a call. r6 to r9: kept over calls. r10: the frame.
    enum Register: UInt8 {
        case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, frame
    }

    /// How many octets a load or store moves, as the instruction's bits say it.
    enum Size: UInt8 {
        case word = 0x00
        case half = 0x08
        case byte = 0x10
        case double = 0x18
    }

    /// Arithmetic on 64 bits.
    enum Operation: UInt8 {
        case add = 0x00
        case subtract = 0x10
        case multiply = 0x20
        case or = 0x40
        case and = 0x50
        case shiftLeft = 0x60
        case shiftRight = 0x70
        case xor = 0xA0
        case move = 0xB0
    }

    /// Comparisons of 64 bits without sign.
    enum Condition: UInt8 {
        case equal = 0x10
        case greater = 0x20
        case notEqual = 0x50
        case less = 0xA0
    }

    /// Helper functions by their numbers in `enum bpf_func_id`.
    enum Helper: Int32 {
        /// (context, offset, to, length): octets of the packet; not 0 if it has not so many.
        case loadPacket = 26
    }

    /// A place to jump to.
    struct Label {
        fileprivate var index: Int
    }

    private var words: [UInt64] = []
    private var places: [Int?] = []
    private var jumps: [(from: Int, to: Label)] = []

    /// How many instructions there are; one that loads 64 bits counts twice.
    var count: Int { words.count }

    // MARK: Instructions

    mutating func set(_ register: Register, _ operation: Operation, _ value: Int32) {
        emit(0x07 | operation.rawValue, register, immediate: value)
    }

    mutating func set(_ register: Register, _ operation: Operation, _ other: Register) {
        emit(0x0F | operation.rawValue, register, source: other)
    }

    /// A constant of 64 bits.
    mutating func set(_ register: Register, to value: UInt64) {
        wide(register, source: 0, value)
    }

    /// The address of the one value of an array map (BPF_PSEUDO_MAP_VALUE).
    mutating func set(_ register: Register, toValueOf map: Int32) {
        wide(register, source: 2, UInt64(UInt32(bitPattern: map)))
    }

    mutating func load(
        _ register: Register, _ size: Size, at base: Register, _ offset: Int16 = 0
    ) {
        emit(0x61 | size.rawValue, register, source: base, offset: offset)
    }

    mutating func store(_ register: Register, _ size: Size, at base: Register, _ offset: Int16) {
        emit(0x63 | size.rawValue, base, source: register, offset: offset)
    }

    mutating func store(_ value: Int32, _ size: Size, at base: Register, _ offset: Int16) {
        emit(0x62 | size.rawValue, base, offset: offset, immediate: value)
    }

    /// Turns the lower 16 bits from network order into the host's; the others become 0.
    mutating func fromNetworkOrder16(_ register: Register) {
        emit(0xDC, register, immediate: 16)
    }

    mutating func call(_ helper: Helper) {
        emit(0x85, .r0, immediate: helper.rawValue)
    }

    mutating func jump(to label: Label) {
        jumps.append((words.count, label))
        emit(0x05, .r0)
    }

    mutating func jump(
        to label: Label, if register: Register, _ condition: Condition, _ value: Int32
    ) {
        jumps.append((words.count, label))
        emit(0x05 | condition.rawValue, register, immediate: value)
    }

    mutating func jump(
        to label: Label, if register: Register, _ condition: Condition, _ other: Register
    ) {
        jumps.append((words.count, label))
        emit(0x0D | condition.rawValue, register, source: other)
    }

    mutating func exit() { emit(0x95, .r0) }

    // MARK: Labels

    mutating func label() -> Label {
        places.append(nil)
        return Label(index: places.count - 1)
    }

    /// Makes the next instruction the one that jumps to this label lead to.
    mutating func place(_ label: Label) { places[label.index] = words.count }

    /// The program with all jumps filled in; nil if one leads nowhere, or further than 16 bits say.
    func assembled() -> [UInt64]? {
        var words = words
        for (from, label) in jumps {
            guard let place = places[label.index],
                let distance = Int16(exactly: place - from - 1)
            else { return nil }
            words[from] |= UInt64(UInt16(bitPattern: distance)) << 16
        }
        return words
    }

    // MARK: Encoding

    /// `struct bpf_insn` on a little-endian machine: opcode, registers, offset, immediate.
    private mutating func emit(
        _ code: UInt8, _ destination: Register, source: Register = .r0, offset: Int16 = 0,
        immediate: Int32 = 0
    ) {
        words.append(
            UInt64(code) | UInt64(source.rawValue << 4 | destination.rawValue) << 8
                | UInt64(UInt16(bitPattern: offset)) << 16
                | UInt64(UInt32(bitPattern: immediate)) << 32)
    }

    private mutating func wide(_ register: Register, source: UInt8, _ value: UInt64) {
        words.append(0x18 | UInt64(source << 4 | register.rawValue) << 8 | value << 32)
        words.append(value & 0xFFFF_FFFF_0000_0000)
    }
}
