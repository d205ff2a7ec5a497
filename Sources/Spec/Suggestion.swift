/// "Did you mean": the known word nearest to what was typed.
public enum Suggestion {
    /// The nearest of `candidates`, if it is near enough to be what was meant; ties go to the first.
    ///
    /// Near enough is one edit in a word of up to five letters, two up to eight, three beyond.
    /// A swap of two neighbours is one edit; case is ignored.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        // Nobody mistypes a key at this length, and the table below is quadratic.
        guard word.utf8.count <= 64 else { return nil }
        let limit = word.count <= 5 ? 1 : word.count <= 8 ? 2 : 3
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= limit, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.unicodeScalars)
        let b = Array(right.unicodeScalars)
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(
                    last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
