import Testing
import Wire

@Suite struct PacketBuildingTests {
    static let v4 = (
        Endpoint(address("192.0.2.53"), port: 53), Endpoint(address("10.0.0.1"), port: 9)
    )
    static let v6 = (Endpoint(address("2001:db8::53"), port: 53), Endpoint(address("::1"), port: 9))

    @Test(arguments: [v4, v6])
    func buildsUDP(from: Endpoint, to: Endpoint) throws {
        let payload: [UInt8] = [1, 2, 3]
        let bytes = Packet.udp(from: from, to: to, payload: payload.span) ?? []
        let packet = try packet(bytes)
        #expect(packet.source == from.address && packet.destination == to.address)
        #expect(packet.sourcePort == 53 && packet.destinationPort == 9)
        #expect(packet.transport == .udp && Array(bytes[packet.payload]) == payload)
        #expect(try verifies(bytes))
    }

    @Test(arguments: [v4, v6])
    func buildsTCP(from: Endpoint, to: Endpoint) throws {
        let payload = [UInt8](repeating: 7, count: 1001)
        let fields = TCPFields(
            sequence: 0xFFFF_FFF0, acknowledgement: 3, flags: TCPFields.ack | TCPFields.psh)
        let bytes = Packet.tcp(from: from, to: to, fields, payload: payload.span) ?? []
        let packet = try packet(bytes)
        #expect(packet.transport == .tcp && packet.tcp == fields)
        #expect(Array(bytes[packet.payload]) == payload)
        #expect(try verifies(bytes))
    }

    @Test func refusesMixedFamiliesAndTooMuch() {
        let none: [UInt8] = []
        #expect(Packet.udp(from: Self.v4.0, to: Self.v6.1, payload: none.span) == nil)
        let huge = [UInt8](repeating: 0, count: 65_508)
        #expect(Packet.udp(from: Self.v4.0, to: Self.v4.1, payload: huge.span) == nil)
    }
}
