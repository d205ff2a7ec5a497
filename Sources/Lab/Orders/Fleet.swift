import FoundationEssentials
import Synchronization

/// The instances that `orders` runs on, and the tasks on them: what it can carry.
final class Fleet: Sendable {
    struct Status: Codable, Sendable {
        var wanted: Int
        var instances: Int
        var tasks: Int
        /// Requests a second that all of it can carry.
        var perSecond: Double
        /// Requests that were turned away.
        var shed: Int
        var launches: Int
        var failedLaunches: Int
        /// Seconds since the orchestrator was last heard.
        var orchestratorSilentSeconds: Double
    }

    struct Settings: Sendable {
        var wanted = 6
        /// Requests a second that one instance carries.
        var each = 7.0
        /// Every so often the oldest instance is replaced, as patches want it.
        var recycle = Duration.seconds(3)
        var poll = Duration.seconds(1)
    }

    private struct State: Sendable {
        /// The zone of each instance by its id, oldest first.
        var instances: [(id: String, zone: Int)]
        var tasks: Int
        var buckets: [TokenBucket]
        var shed = 0
        var launches = 0
        var failedLaunches = 0
        var heard: Moment

        func count(_ zone: Int) -> Int { instances.count { $0.zone == zone } }
    }

    private let client: CloudClient
    private let habits: Habits
    private let settings: Settings
    private let state: Mutex<State>

    static let zones = 3

    init(client: CloudClient, habits: Habits, settings: Settings = Settings()) {
        self.client = client
        self.habits = habits
        self.settings = settings
        let now = ContinuousClock.now
        let share = settings.each * Double(settings.wanted) / Double(Self.zones)
        state = Mutex(
            State(
                instances: (0..<settings.wanted).map { ("i-start-\($0)", $0 % Self.zones) },
                tasks: settings.wanted,
                buckets: (0..<Self.zones).map { _ in
                    TokenBucket(rate: share, burst: share, now: now)
                }, heard: now))
    }

    /// Whether a request can be carried in one of these zones: the one with most room takes it.
    func admits(zones: some Collection<Int>) -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            let best = zones.max { state.buckets[$0].room(now) < state.buckets[$1].room(now) }
            guard let best, state.buckets[best].take(now) else {
                state.shed += 1
                return false
            }
            return true
        }
    }

    var status: Status {
        state.withLock { state in
            Status(
                wanted: settings.wanted, instances: state.instances.count, tasks: state.tasks,
                perSecond: state.buckets.reduce(0) { $0 + $1.rate }, shed: state.shed,
                launches: state.launches, failedLaunches: state.failedLaunches,
                orchestratorSilentSeconds: (ContinuousClock.now - state.heard).roundedSeconds)
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            var counts = [Int](repeating: 0, count: Self.zones)
            for instance in state.instances.prefix(state.tasks) { counts[instance.zone] += 1 }
            for zone in counts.indices {
                state.buckets[zone].set(rate: settings.each * Double(counts[zone]), .now)
            }
        }
    }
}

// MARK: - Instances

extension Fleet {
    /// Replaces the oldest instance every so often.
    func recycle() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: settings.recycle)
            if habits.keep(.headroom) {
                // The old one goes once the new one is there, and not before.
                if await launch() { await retireOldest() }
            } else {
                await retireOldest()
                for _ in 0..<missing {
                    if await !launch() { break }
                }
            }
        }
    }

    private var missing: Int { state.withLock { settings.wanted - $0.instances.count } }

    private func launch() async -> Bool {
        guard
            let reply = try? await client.post(Self.computeHost, query: "?Action=RunInstances"),
            let read = try? JSONDecoder().decode(CloudAPI.LaunchReply.self, from: Data(reply))
        else {
            state.withLock { $0.failedLaunches += 1 }
            return false
        }
        change { state in
            state.launches += 1
            // Where there are fewest, the one that goes not counted.
            let zone = (0..<Self.zones).min { left, right in
                state.count(left) < state.count(right)
            }
            state.instances.append((read.instanceID, zone ?? 0))
        }
        return true
    }

    private func retireOldest() async {
        var gone: String?
        change { state in
            guard !state.instances.isEmpty else { return }
            gone = state.instances.removeFirst().id
        }
        guard let gone else { return }
        _ = try? await client.post(
            Self.computeHost, query: "?Action=TerminateInstances&InstanceId=\(gone)")
    }

    private static let computeHost = "ec2.\(OrdersService.home).amazonaws.com"
}

// MARK: - Tasks

extension Fleet {
    /// How long a careless orchestrator's silence is borne.
    static let toleration = Duration.seconds(3)

    /// Asks the orchestrator what is to run.
    func orchestrate() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: settings.poll)
            let host = "ecs.\(OrdersService.home).amazonaws.com"
            if let reply = try? await client.post(host, query: "?Action=DescribeServices"),
                let read = try? JSONDecoder().decode(
                    CloudAPI.ServiceReply.self, from: Data(reply))
            {
                change { state in
                    state.heard = .now
                    if state.tasks < read.desiredCount { state.tasks += 1 }
                }
            } else if !habits.keep(.orchestratorStatic) {
                // Nobody confirms them, so they are not to be.
                change { state in
                    if ContinuousClock.now - state.heard > Self.toleration, state.tasks > 0 {
                        state.tasks -= 1
                    }
                }
            }
        }
    }
}
