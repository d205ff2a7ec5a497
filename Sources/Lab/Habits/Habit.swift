/// One good habit of `orders` and of what it runs on, which `--careless` turns off.
///
/// Without it things are done as services do them that never had a game day: nothing answers 500
/// because a switch says so.
public enum Habit: String, CaseIterable, Sendable {
    case cachedReads = "cached-reads"
    case readOnly = "read-only"
    case breaker
    case tokenRenewal = "token-renewal"
    case instanceCredentials = "instance-credentials"
    case readFailover = "read-failover"
    case headroom
    case zoneFailover = "zone-failover"
    case targetHealth = "target-health"
    case reconnectJitter = "reconnect-jitter"
    case resolverCache = "resolver-cache"
    case orchestratorStatic = "orchestrator-static"
    case ttl
    case connectionPool = "connection-pool"

    /// What is done without it, in one line.
    public var carelessly: String {
        switch self {
        case .cachedReads: "every read goes to the table; nothing is kept for the day it is gone"
        case .readOnly: "a write that fails is tried again and again, then answered 500"
        case .breaker: "a dependency that is down is asked for every request"
        case .tokenRenewal:
            "short tokens of the global STS endpoint, renewed by the request that finds one expired"
        case .instanceCredentials:
            "the instance's credentials are renewed by the request that finds them expired, however "
                + "long that takes"
        case .readFailover: "reads know one region"
        case .headroom: "instances are terminated first, and replaced if that can be done"
        case .zoneFailover:
            "one failed health check takes a zone out, however many are out already"
        case .targetHealth:
            "a new target gets its share of requests once it is registered, whatever its checks say"
        case .reconnectJitter: "all lost connections come back at the same tick of five seconds"
        case .resolverCache: "every request asks DNS, once, and waits for it"
        case .orchestratorStatic: "tasks whose orchestrator is silent are stopped"
        case .connectionPool: "every request opens a connection of its own, and closes it"
        case .ttl:
            "zones with TTLs of 0 s and 2 days, and a resolver that keeps answers for as long as told"
        }
    }
}

/// The habits that are kept.
public struct Habits: Equatable, Sendable {
    /// Those turned off.
    public var careless: Set<Habit>

    public init(careless: Set<Habit> = []) {
        self.careless = careless
    }

    public func keep(_ habit: Habit) -> Bool { !careless.contains(habit) }

    /// Reads `cached-reads,breaker` or `all`; nil and the word for one that is none.
    public init?(careless list: String, unknown: inout String?) {
        careless = []
        for word in list.split(separator: ",") {
            if word == "all" {
                careless = Set(Habit.allCases)
            } else if let habit = Habit(rawValue: String(word)) {
                careless.insert(habit)
            } else {
                unknown = String(word)
                return nil
            }
        }
    }
}
