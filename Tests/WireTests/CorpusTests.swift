import Foundation
import Testing
import Wire

/// The files that the fuzzer starts from are the samples, alone and inside packets.
@Suite struct CorpusTests {
    @Test func holdsTheSamples() throws {
        for sample in Samples.all {
            try Golden.expect(sample.bytes, at: Golden.corpus.appending(path: sample.name))
        }
    }

    @Test func holdsPackets() throws {
        let payload = Samples.bytes("a-edns")
        let ends = [PacketBuildingTests.v4, PacketBuildingTests.v6]
        for ((from, to), family) in zip(ends, ["v4", "v6"]) {
            let udp = Packet.udp(from: from, to: to, payload: payload.span) ?? []
            try Golden.expect(udp, at: Golden.corpus.appending(path: "udp-\(family)"))
            let fields = TCPFields(sequence: 1, acknowledgement: 1, flags: TCPFields.ack)
            let tcp = Packet.tcp(from: from, to: to, fields, payload: payload.span) ?? []
            try Golden.expect(tcp, at: Golden.corpus.appending(path: "tcp-\(family)"))
        }
    }
}
