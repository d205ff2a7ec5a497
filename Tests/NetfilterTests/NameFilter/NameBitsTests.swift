import Testing

@testable import Netfilter

@Suite struct NameBitsTests {
    private static func key(_ number: Int) -> NameKey {
        NameKey(name: [Array("host\(number)".utf8), Array("test".utf8)], port: 53)
    }

    @Test func keysAreSpread() {
        let keys = (0..<1_000).map(Self.key)
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { (0..<NameBits.words).contains(NameBits.word(of: $0)) })
        #expect(keys.allSatisfy { (1...2).contains(NameBits.mask(of: $0).nonzeroBitCount) })
        // 1,000 keys thrown into 4,096 words hit 886 of them, give or take 9.
        #expect((840...930).contains(Set(keys.map(NameBits.word)).count))
    }

    @Test func kindsPortsAndCaseOfKeys() {
        let labels = [Array("a".utf8), Array("test".utf8)]
        let keys: Set = [
            NameKey(name: labels, port: 53), NameKey(below: labels, port: 53),
            NameKey(name: labels, port: 54),
            NameKey(label: labels[0], gapThen: [labels[1]], port: 53),
        ]
        #expect(keys.count == 4)
        #expect(
            NameKey(name: [Array("A".utf8), Array("tEST".utf8)], port: 53)
                == NameKey(name: labels, port: 53))
    }
}
