extension Duration {
    /// Whole nanoseconds, the finest step there is here; clamped to ±292 years.
    var nanoseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// As a number, for journals and reports.
    var inSeconds: Double { Double(nanoseconds) / 1e9 }

    /// What is left of it at a speed, to the nanosecond.
    func divided(by speed: Double) -> Duration {
        speed == 1 ? self : .nanoseconds(Int((Double(nanoseconds) / speed).rounded()))
    }

    /// So many times it, to the nanosecond.
    func multiplied(by factor: Double) -> Duration {
        .nanoseconds(Int((Double(nanoseconds) * factor).rounded()))
    }
}
