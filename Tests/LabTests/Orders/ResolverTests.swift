import Synchronization
import Testing
import Wire

@testable import Lab

/// The resolver of `orders` against a DNS server whose answers the test decides.
@Suite(.timeLimit(.minutes(1)))
struct ResolverTests {
    private static let name = "dynamodb.us-east-1.amazonaws.com"

    @Test func oneQuestionHoweverManyWait() async throws {
        try await withUpstream { upstream, resolver in
            let all = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await resolver.addresses(of: Self.name).count }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(all.count == 50 && all.allSatisfy { $0 == 3 })
            #expect(upstream.asked == 1)
        }
    }

    @Test func carelesslyEveryCallerAsks() async throws {
        try await withUpstream(careless: [.resolverCache]) { upstream, resolver in
            for _ in 0..<5 { _ = try await resolver.addresses(of: Self.name) }
            #expect(upstream.asked == 5)
        }
    }

    @Test func carelesslyATTLOfZeroIsAQuestionEach() async throws {
        try await withUpstream(careless: [.ttl]) { upstream, resolver in
            upstream.saneTTLs = false
            for _ in 0..<5 { _ = try await resolver.addresses(of: Self.name) }
            #expect(upstream.asked == 5)
        }
    }

    @Test func aTTLOfZeroIsKeptForItsFloor() async throws {
        try await withUpstream { upstream, resolver in
            upstream.saneTTLs = false
            for _ in 0..<5 { _ = try await resolver.addresses(of: Self.name) }
            #expect(upstream.asked == 1)
        }
    }

    @Test func aSecondAttemptHidesOneFailure() async throws {
        try await withUpstream { upstream, resolver in
            upstream.failures = 1
            let found = try await resolver.addresses(of: Self.name)
            #expect(found.count == 3 && upstream.asked == 2)
        }
        try await withUpstream(careless: [.resolverCache]) { upstream, resolver in
            upstream.failures = 1
            await #expect(throws: Resolver.Failure.unavailable) {
                try await resolver.addresses(of: Self.name)
            }
        }
    }

    @Test func nothingIsSaidOnceASecond() async throws {
        try await withUpstream { upstream, resolver in
            for _ in 0..<5 {
                await #expect(throws: Resolver.Failure.nothing) {
                    try await resolver.addresses(of: "text.example.com")
                }
            }
            #expect(upstream.asked == 1)
        }
    }

    private final class Upstream: Sendable {
        private let state = Mutex((asked: 0, failures: 0, sane: true))
        private let sane: LabZones
        private let careless: LabZones

        init() throws {
            sane = try LabZones()
            careless = try LabZones(saneTTLs: false)
        }

        var asked: Int { state.withLock { $0.asked } }
        /// So many answers more are SERVFAIL.
        var failures: Int {
            get { state.withLock { $0.failures } }
            set { state.withLock { $0.failures = newValue } }
        }
        var saneTTLs: Bool {
            get { state.withLock { $0.sane } }
            set { state.withLock { $0.sane = newValue } }
        }

        @Sendable func answer(_ query: [UInt8], _ transport: ZoneSet.Transport) -> [UInt8]? {
            let fails = state.withLock { state in
                state.asked += 1
                guard state.failures > 0 else { return false }
                state.failures -= 1
                return true
            }
            var answer = (saneTTLs ? sane : careless).answer(to: query, over: transport)
            // SERVFAIL is 2 in the low bits of the fourth octet.
            if fails, let octet = answer?[3] { answer?[3] = octet & 0xF0 | 2 }
            return answer
        }
    }

    private func withUpstream(
        careless: Set<Habit> = [],
        _ body: @Sendable (Upstream, Resolver) async throws -> Void
    ) async throws {
        let upstream = try Upstream()
        try await withServer(LabDNSServer(answering: upstream.answer)) { endpoints in
            let server = NameServer(endpoint: try #require(endpoints.first))
            try await body(
                upstream, Resolver(server: server, habits: Habits(careless: careless)))
        }
    }
}
