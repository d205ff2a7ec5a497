import Synchronization
import Testing

@testable import Lab

/// What is done with credentials whose source comes and goes.
@Suite(.timeLimit(.minutes(1)))
struct CredentialsTests {
    /// Gives credentials that have lived for `age` of their ten seconds already.
    private final class Source: Sendable {
        private let state = Mutex((asked: 0, works: true, age: Duration.zero))

        var asked: Int { state.withLock { $0.asked } }
        func set(works: Bool, age: Duration = .zero) {
            state.withLock { state in
                state.works = works
                state.age = age
            }
        }

        func issue() throws(CloudClient.Failure) -> SessionToken {
            let (number, works, age) = state.withLock { state in
                state.asked += 1
                return state
            }
            guard works else { throw CloudClient.Failure(kind: .timeout, about: "out") }
            return SessionToken(
                id: "\(number)", issued: ContinuousClock.now - age, life: .seconds(10))
        }
    }

    private func credentials(_ source: Source, careful: Bool) -> Credentials {
        Credentials(
            careful ? .careful(.seconds(10)) : .atTheEnd(.seconds(10)), isCareful: careful
        ) { () throws(CloudClient.Failure) in try source.issue() }
    }

    @Test(arguments: [true, false])
    func areKeptWhileTheyAreGood(careful: Bool) async throws {
        let source = Source()
        let credentials = credentials(source, careful: careful)
        #expect(try await credentials.current() == "1")
        #expect(try await credentials.current() == "1")
        let status = await credentials.status
        #expect(status.state == "valid" && status.renewal == "ok" && status.renewals == 1)
    }

    @Test func areUsedForAsLongAsTheyAreHonoured() async throws {
        let source = Source()
        source.set(works: true, age: .seconds(11))
        let careful = credentials(source, careful: true)
        #expect(try await careful.current() == "1")
        #expect(try await careful.current() == "1")
        #expect(await careful.status.state == "expired")
        // Without care they are asked for at the end, by everybody.
        let careless = credentials(source, careful: false)
        #expect(try await careless.current() == "2")
        #expect(try await careless.current() == "3")
    }

    @Test func nobodyWaitsForThoseThatAreNotToBeHad() async throws {
        let source = Source()
        source.set(works: true, age: .seconds(13))
        let credentials = credentials(source, careful: true)
        #expect(try await credentials.current() == "1")
        await #expect(throws: CloudClient.Failure.self) { try await credentials.current() }
        #expect(source.asked == 1)
    }

    @Test func aFailingRenewalIsToldBeforeAnythingFails() async throws {
        let source = Source()
        // Due at once, and good for seconds.
        source.set(works: true, age: .seconds(6))
        let credentials = credentials(source, careful: true)
        #expect(try await credentials.current() == "1")
        source.set(works: false)
        let keeping = Task { await credentials.keep() }
        var status = await credentials.status
        while status.renewal == "ok" {
            await Task.yield()
            status = await credentials.status
        }
        #expect(status.renewal == "failing" && status.state == "valid" && status.failures > 0)
        #expect(try await credentials.current() == "1")
        source.set(works: true)
        while status.renewal == "failing" {
            await Task.yield()
            status = await credentials.status
        }
        #expect(try await credentials.current() != "1")
        keeping.cancel()
        await keeping.value
    }
}
