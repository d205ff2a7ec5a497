import Foundation
import Netfilter
import Synchronization
import Testing

extension KernelTests {
    @Suite struct TCPTests {
        /// Turns every `a` of a payload into `b`.
        static func swap(_ packet: Span<UInt8>, _ reply: inout Reply) -> Verdict {
            let bytes = packet.array
            let payload = Forge.payload(bytes)
            guard payload.contains(UInt8(ascii: "a")) else { return .accept }
            let new = payload.map { $0 == UInt8(ascii: "a") ? UInt8(ascii: "b") : $0 }
            reply.replace(with: Forge.replacing(bytes, payload: new).span)
            return .replace
        }

        @Test(arguments: ["127.0.0.1", "::1"])
        func replaceOnLoopback(address: String) throws {
            let rig = try Rig { packet, _, reply in Self.swap(packet, &reply) }
            let connection = try Connection(Endpoint(address: address, port: 53))
            for count in [1, 100, 1_400, 9_000, 30_000] {
                try connection.sendAll([UInt8](repeating: UInt8(ascii: "a"), count: count))
                #expect(
                    connection.receiveAll(count)
                        == [UInt8](repeating: UInt8(ascii: "b"), count: count))
            }
            #expect(rig.seen > 5)
        }

        /// Trains of segments (GSO) come as one packet with a checksum that is not there yet; what
        /// replaces them is delivered, on this host's veth and through it to another namespace.
        @Test(arguments: [false, true], [false, true])
        func replaceSegmentTrains(isIPv6: Bool, forwarded: Bool) throws {
            try Sandbox.enter()
            let peers = try Peers(isIPv6: isIPv6, two: forwarded)
            let state = Shared()
            let rig = try Rig { packet, info, reply in
                if info.isSegmentTrain { state.trains.add(1, ordering: .relaxed) }
                if info.hook == (forwarded ? .forward : .input) {
                    state.hooks.add(1, ordering: .relaxed)
                }
                return Self.swap(packet, &reply)
            }
            let connection = try peers.connect()
            let count = 1 << 20
            Thread.detachNewThread {
                try? connection.sendAll([UInt8](repeating: UInt8(ascii: "a"), count: count))
            }
            #expect(
                connection.receiveAll(count) == [UInt8](repeating: UInt8(ascii: "b"), count: count))
            #expect(state.hooks.load(ordering: .relaxed) > 0)
            #expect(state.trains.load(ordering: .relaxed) > 0)
            #expect(rig.loop.counters.unparsed == 0)
        }

        final class Shared: Sendable {
            let trains = Atomic<Int>(0)
            let hooks = Atomic<Int>(0)
        }
    }
}
