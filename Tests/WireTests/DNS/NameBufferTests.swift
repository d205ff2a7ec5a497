import Testing
import Wire

@Suite struct NameBufferTests {
    /// Twelve octets of header, then what a test puts there.
    private func load(_ octets: [UInt8], at offset: Int = 12) -> (DNS.NameBuffer, Int?, WireError?)
    {
        var buffer = DNS.NameBuffer()
        let bytes = [UInt8](repeating: 0, count: 12) + octets
        do {
            let end = try buffer.load(from: bytes.span, at: offset)
            return (buffer, end, nil)
        } catch {
            return (buffer, nil, error)
        }
    }

    @Test func decompressesInLowerCase() {
        // b.C at 12, A.<12> at 17
        let (buffer, end, _) = load([1, 0x62, 1, 0x43, 0, 1, 0x41, 0xC0, 12, 99], at: 17)
        #expect(end == 21)
        #expect(DNS.Name(buffer).wire == [1, 0x61, 1, 0x62, 1, 0x63, 0])
        #expect(buffer.labelCount == 3)
        #expect((0..<3).map { buffer.labelStart($0) } == [0, 2, 4])
        #expect((0..<buffer.count).map { buffer[$0] } == DNS.Name(buffer).wire)
        #expect(buffer.withSpan { $0.count } == 7)
    }

    @Test func comparesWithoutCase() {
        let (upper, _, _) = load([1, 0x41, 0])
        let (lower, _, _) = load([1, 0x61, 0])
        let (other, _, _) = load([1, 0x62, 0])
        let (longer, _, _) = load([2, 0x61, 0x61, 0])
        #expect(upper == lower && lower != other && lower != longer)
        #expect(DNS.NameBuffer() == load([0]).0)
    }

    @Test(arguments: [
        ([], 12, WireError.Problem.truncated), ([1], 12, .truncated), ([1, 97], 12, .truncated),
        ([0xC0], 12, .truncated), ([0], -1, .truncated), ([0], 99, .truncated),
        ([0x40, 0], 12, .labelType), ([0x80, 0], 12, .labelType),
        ([0xC0, 12], 12, .pointerNotBackward), ([0xC0, 14, 0], 12, .pointerNotBackward),
        ([0xFF, 0xFF], 12, .pointerNotBackward), ([0xC0, 0], 12, .pointerIntoHeader),
        ([0xC0, 11], 12, .pointerIntoHeader),
        // a label, then a pointer to that very label: the loop that a naive rule lets through
        ([1, 97, 0xC0, 12], 12, .pointerNotBackward),
        // a pointer to before, from where it comes back
        ([1, 97, 0xC0, 16, 0xC0, 12], 16, .pointerNotBackward),
    ])
    func refuses(octets: [UInt8], offset: Int, problem: WireError.Problem) {
        let (buffer, _, error) = load(octets, at: offset)
        #expect(error?.problem == problem)
        #expect(buffer == DNS.NameBuffer() && buffer.labelCount == 0)
    }

    @Test func refusesLongNames() {
        let label = [UInt8](repeating: 97, count: 63)
        let long: [UInt8] = Array([[63], label, [63], label, [63], label].joined())
        func name(endingIn size: UInt8) -> [UInt8] { long + [size] + label[..<Int(size)] + [0] }
        #expect(load(name(endingIn: 61)).0.count == 255)
        #expect(load(name(endingIn: 62)).2?.problem == .nameTooLong)
        // Too long only by way of a pointer.
        let pointing: [UInt8] = long + [0, 63] + label + [0xC0, 12]
        #expect(load(pointing, at: 12 + 193).2?.problem == .nameTooLong)
    }

    @Test func limitsPointersInARow() {
        // 0 at 12, and from there on pointers each to the one before
        func chain(_ count: Int) -> [UInt8] {
            var octets: [UInt8] = [0, 0]
            for index in 0..<count {
                let target = 12 + 2 * index
                octets += [0xC0 | UInt8(target >> 8), UInt8(target & 0xFF)]
            }
            return octets
        }
        #expect(load(chain(127), at: 12 + 2 * 127).2 == nil)
        #expect(load(chain(128), at: 12 + 2 * 128).2?.problem == .tooManyPointers)
    }

    @Test func leavesNothingOfTheNameBefore() throws {
        var buffer = DNS.NameBuffer()
        let long = name("a.very.long.name").wire
        let short = name("b").wire
        try buffer.load(from: long.span, at: 0)
        try buffer.load(from: short.span, at: 0)
        #expect(DNS.Name(buffer) == name("b") && buffer.labelCount == 1)
    }
}
