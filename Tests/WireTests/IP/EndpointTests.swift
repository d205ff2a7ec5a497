import Testing
import Wire

@Suite struct EndpointTests {
    @Test func prints() {
        #expect(Endpoint(address("10.0.0.1"), port: 53).description == "10.0.0.1:53")
        #expect(Endpoint(address("::1"), port: 53).description == "[::1]:53")
    }
}
