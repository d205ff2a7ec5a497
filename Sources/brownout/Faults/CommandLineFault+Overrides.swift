import Spec

extension CommandLineFault {
    /// A file's tree with these keys instead of its own.
    ///
    /// - Throws: For a flag that the fault has no use for, such as `--ports` where it changes answers
    ///   alone: dropped in silence it would promise what is not done.
    func laid(over file: Node) throws(SpecError) -> Node {
        guard var kept = file.entries else { return file }
        let halves = Set(kept.map(\.key)).intersection(["dns", "net"])
        try check(halves)
        var replaced = Set(entries.map(\.key))
        // Names and hosts are both whom a fault on connections is about; one instead of the other.
        let targets: Set = ["names", "hosts"]
        if halves == ["net"], !replaced.isDisjoint(with: targets) { replaced.formUnion(targets) }
        kept.removeAll { replaced.contains($0.key) }
        let new = entries.map { key, node in
            Node.Entry(key: key, keyLocation: node.location, value: node)
        }
        return inNetwork(Node(.mapping(kept + new), location: file.location))
    }

    private func check(_ halves: Set<String>) throws(SpecError) {
        for (key, node) in entries {
            if Self.ofConnections.contains(key), halves == ["dns"] {
                throw SpecError(
                    location: node.location,
                    problem: "is about connections, and this fault changes answers alone",
                    hint: "leave it out, or take a fault with `net`")
            }
            if Self.ofAnswers.contains(key), halves == ["net"] {
                throw SpecError(
                    location: node.location,
                    problem: "is about answers, and this fault breaks connections alone",
                    hint: "leave it out, or take a fault with `dns`")
            }
        }
    }

    private static let ofConnections: Set = [
        "hosts", "ports", "direction", "connections", "kill", "sni",
    ]
    private static let ofAnswers: Set = ["types", "leg", "mark"]
}
