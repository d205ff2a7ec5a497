import GameDay

/// How many lines each part of the screen has. From the header and the size alone, so that nothing moves
/// while a run goes on.
struct LivePlan: Equatable {
    var faults: Int
    var probes: Int
    var expectations: Int
    /// Blank lines between the parts, and a word above each.
    var spaced = true
    var headed = true

    /// More faults than this are counted together.
    static let mostFaults = 4

    init(_ screen: LiveScreen) {
        let header = screen.story.header
        // At worst nothing is lifted between.
        let armed = header.phases.reduce(0) { $0 + $1.arm.count }
        faults = min(max(1, armed), Self.mostFaults)
        probes = screen.story.probes.count
        expectations = max(1, header.phases.map { $0.expect.count + $0.until.count }.max() ?? 1)
        // Title, phase, bar, notice; and the last line of a terminal stays free.
        let room = screen.rows - 1 - 4
        let (spaces, heads) = (5, 3)
        if faults + probes + expectations + spaces + heads > room { spaced = false }
        if !spaced, faults + probes + expectations + heads > room { faults = min(faults, 2) }
        let left = room - (spaced ? spaces : 0)
        if left - heads < 8 { headed = false }
        var rest = max(2, left - (headed ? heads : 0) - faults)
        if probes + expectations > rest {
            // Expectations get a third, or what the probes leave.
            let third = max(1, rest / 3)
            expectations = min(expectations, max(third, rest - probes))
            rest -= expectations
            probes = min(probes, max(1, rest))
        }
    }
}
