import Testing

@testable import Netfilter

@Suite struct BPFAssemblerTests {
    /// As in instruction-set.rst: opcode, registers, offset, immediate; checked against
    /// `llvm-mc -triple=bpfel`.
    @Test func encodes() {
        #expect(Self.words { $0.set(.r6, .move, .r1) } == [0x0000_0000_0000_16BF])
        #expect(Self.words { $0.set(.r2, .add, -8) } == [0xFFFF_FFF8_0000_0207])
        #expect(Self.words { $0.set(.r1, .shiftLeft, .r4) } == [0x0000_0000_0000_416F])
        #expect(Self.words { $0.set(.r0, .multiply, .r8) } == [0x0000_0000_0000_802F])
        #expect(
            Self.words { $0.set(.r8, to: 0x0123_4567_89AB_CDEF) } == [
                0x89AB_CDEF_0000_0818, 0x0123_4567 << 32,
            ])
        #expect(Self.words { $0.set(.r1, toValueOf: 7) } == [0x0000_0007_0000_2118, 0])
        #expect(Self.words { $0.load(.r1, .byte, at: .frame, -40) } == [0x0000_0000_FFD8_A171])
        #expect(Self.words { $0.load(.r3, .double, at: .r1) } == [0x0000_0000_0000_1379])
        #expect(Self.words { $0.load(.r2, .half, at: .frame, -12) } == [0x0000_0000_FFF4_A269])
        #expect(Self.words { $0.store(.r7, .double, at: .frame, -64) } == [0x0000_0000_FFC0_7A7B])
        #expect(Self.words { $0.store(5, .double, at: .frame, -88) } == [0x0000_0005_FFA8_0A7A])
        #expect(Self.words { $0.fromNetworkOrder16(.r1) } == [0x0000_0010_0000_01DC])
        #expect(Self.words { $0.call(.loadPacket) } == [0x0000_001A_0000_0085])
        #expect(Self.words { $0.exit() } == [0x0000_0000_0000_0095])
    }

    private static func words(_ write: (inout BPFAssembler) -> Void) -> [UInt64]? {
        var code = BPFAssembler()
        write(&code)
        return code.assembled()
    }

    @Test func jumpsForwardAndBack() {
        var code = BPFAssembler()
        let start = code.label()
        let end = code.label()
        code.place(start)
        code.jump(to: end, if: .r1, .equal, 3)
        code.jump(to: end, if: .r1, .greater, .r2)
        code.jump(to: start)
        code.place(end)
        code.exit()
        #expect(
            code.assembled() == [
                0x0000_0003_0002_0115, 0x0000_0000_0001_212D, 0x0000_0000_FFFD_0005, 0x95,
            ])
    }

    @Test func jumpsThatLeadNowhere() {
        var code = BPFAssembler()
        let label = code.label()
        code.jump(to: label)
        #expect(code.assembled() == nil)
        for _ in 0...Int16.max { code.exit() }
        code.place(label)
        #expect(code.assembled() == nil)
    }
}
