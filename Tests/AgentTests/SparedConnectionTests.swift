import Testing
import Wire

@testable import Agent
@testable import Netfilter

/// Whose connections `kill` leaves alone.
@Suite struct SparedConnectionTests {
    @Test(
        arguments: [
            ("10.0.0.1", 22, "10.1.2.3", true), ("10.0.0.1", 2_222, "10.1.2.3", false),
            ("10.0.0.1", 40_000, "192.0.2.200", true), ("10.0.0.1", 40_000, "192.0.3.1", false),
            ("fd00::1", 40_000, "2001:db8:9:1::5", true), ("fd00::1", 22, "fd00::2", true),
            ("fd00::1", 40_000, "2001:db8:a::5", false),
        ] as [(String, UInt16, String, Bool)])
    func spares(own: String, port: UInt16, other: String, isSpared: Bool) throws {
        let networks = try ["192.0.2.0/24", "2001:db8:9::/48"].map {
            Network(try #require(CIDR($0)))
        }
        let spared = SparedConnections(mark: 1, ports: [22], networks: networks)
        let ends = (
            Endpoint(try #require(IPAddress(own)), port: port),
            Endpoint(try #require(IPAddress(other)), port: 443)
        )
        #expect(spared.spares(own: ends.0, other: ends.1) == isSpared)
    }
}
