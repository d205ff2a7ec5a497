import Testing
import Wire

/// What must hold for any bytes: parsing, and parse → edit → write → parse.
@Suite struct AnswerPropertyTests {
    /// A message to be broken: a sample, or random octets behind a plausible header.
    private func model(_ random: inout SplitMix64) -> [UInt8] {
        if Int.random(in: 0..<4, using: &random) == 0 {
            let body = random.bytes(Int.random(in: 0...200, using: &random))
            return octets("1234 8180 0001 0002 0001 0001") + body
        }
        return Samples.all[Int.random(in: 0..<Samples.all.count, using: &random)].bytes
    }

    /// Flips, cuts, inserts, copies pieces about, and plants pointers and counts that lie.
    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 0...3, using: &random) where bytes.count > 12 {
            let offset = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[offset] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(offset...)
            case 3: bytes.insert(contentsOf: random.bytes(3), at: offset)
            case 4:
                bytes[offset...] =
                    [0xC0, UInt8.random(in: 0...60, using: &random)] + bytes[offset...].dropFirst(2)
            case 5:
                bytes[Int.random(in: 4..<12, using: &random)] = UInt8.random(
                    in: 0...3, using: &random)
            default:
                let end = Int.random(in: offset...bytes.count, using: &random)
                bytes.append(contentsOf: Array(bytes[offset..<end]))
            }
        }
    }

    @Test(arguments: seeds)
    func parsingAndRewritingNeverTrap(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parsed = 0
        var rewritten = 0
        for round in 0..<6000 {
            var bytes = model(&random)
            mutate(&bytes, &random)
            guard let message = try? message(bytes) else { continue }
            parsed += 1
            var answer = DNS.Answer()
            answer.load(message, from: bytes.span)
            let edit = Edits.all[Int.random(in: 0..<Edits.all.count, using: &random)]
            edit.edit(&answer)
            let size = bytes.count + Int.random(in: -20...20, using: &random)
            for limit in [DNS.Answer.Limit.exactly(size), .atMost(size)] {
                let (outcome, out) = written(answer, bytes, limit)
                guard outcome.isWritten else {
                    #expect(out.isEmpty, "seed \(seed), round \(round)")
                    continue
                }
                rewritten += 1
                let isRight = limit == .exactly(size) ? out.count == size : out.count <= size
                #expect(isRight, "seed \(seed), round \(round), \(edit.name)")
                let problem = messageProblem(out)
                #expect(problem == nil, "seed \(seed), round \(round), \(edit.name): \(hex(bytes))")
            }
        }
        #expect(parsed > 1000 && rewritten > 500, "seed \(seed): \(parsed), \(rewritten)")
    }

    @Test(arguments: seeds)
    func randomBytesNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let bytes = random.bytes(Int.random(in: 0...60, using: &random))
            _ = try? message(bytes)
            var buffer = DNS.NameBuffer()
            _ = try? buffer.load(from: bytes.span, at: Int.random(in: -2...62, using: &random))
        }
    }

    /// Writing again what was written, without an edit, changes nothing.
    @Test(arguments: seeds)
    func writingIsIdempotent(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            var bytes = model(&random)
            mutate(&bytes, &random)
            guard let answer = try? loaded(bytes) else { continue }
            let (outcome, first) = written(answer, bytes, .atMost(4096))
            guard outcome.isWritten else { continue }
            let second = written(try loaded(first), first, .atMost(4096)).bytes
            #expect(second == first, "seed \(seed): \(hex(bytes))")
        }
    }
}
