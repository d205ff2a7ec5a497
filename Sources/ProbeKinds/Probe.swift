public import Spec

/// One kind of check of the system under test: `http`, `dns`, `tcp` …
///
/// To add a kind: one file `Kinds/<Name>.swift` that holds a struct of this protocol, and one line
/// in ``ProbeCatalogue``. The struct's stored properties are the probe's YAML keys, and its doc
/// comment is what `brownout explain` prints.
///
/// A kind decides nothing about *when* it checks or what is expected: intervals and timeouts belong
/// to the ``ProbeSchedule``, expectations to the game day.
public protocol Probe: Sendable {
    /// What the kind is called in game days.
    static var name: String { get }

    /// Its keys with their docs, in the order in which people should read them.
    static var schema: KeyGroup { get }

    /// What its observations can tell beside passing and latency: `status`, `header`, `ttl` …
    static var facts: [FactSchema] { get }

    /// Reads the keys; every mistake is thrown with its place.
    init(_ node: Node) throws(SpecError)

    /// What is checked, in a few words for reports: `GET http://127.0.0.1/orders`.
    var target: String { get }

    /// Opens what lives as long as the run: connections kept, certificates read.
    ///
    /// - Parameter wanted: The facts that expectations ask for. Others need not be told.
    /// - Throws: What can never work, such as a CA file that is not there; a dependency that is down
    ///   is no error but an observation.
    func open(wanted: Set<FactName>) async throws(ProbeError) -> any ProbeSession
}

/// A probe at work. One check at a time.
public protocol ProbeSession: Sendable {
    /// Checks once. What goes wrong is in the observation.
    ///
    /// Returns promptly when the task is cancelled, which is how a timeout reaches it; what it
    /// returns then does not matter.
    func check() async -> Observation

    /// Releases what `open` opened.
    func close() async
}

/// A probe that cannot begin: the problem in words, without the probe's name.
public struct ProbeError: Error, Equatable, Sendable {
    public var problem: String

    public init(_ problem: String) { self.problem = problem }
}
