internal import Spec

extension Node {
    /// A fault at a speed: `for`, `after`, the times of `flap` and effects' `rotate` are divided; delays
    /// and TTLs are what the client sees, and stay. Every value keeps its place.
    func faultScaled(by speed: Double) -> Node {
        guard speed != 1 else { return self }
        return mapEntries { entry in
            switch entry.key {
            case "for", "after": entry.value.divided(by: speed)
            case "flap": entry.value.mapEntries { $0.value.divided(by: speed) }
            case "dns", "net": entry.value.effectsScaled(by: speed)
            default: entry.value
            }
        }
    }

    /// `dns: {partial: {keep: 1, rotate: 30s}}`, or a list of such.
    private func effectsScaled(by speed: Double) -> Node {
        if let elements {
            return Node(
                .sequence(elements.map { $0.effectsScaled(by: speed) }), location: location)
        }
        return mapEntries { effect in
            effect.value.mapEntries { $0.key == "rotate" ? $0.value.divided(by: speed) : $0.value }
        }
    }

    private func mapEntries(_ change: (Entry) -> Node) -> Node {
        guard let entries else { return self }
        let changed = entries.map { entry in
            Entry(key: entry.key, keyLocation: entry.keyLocation, value: change(entry))
        }
        return Node(.mapping(changed), location: location)
    }

    private func divided(by speed: Double) -> Node {
        guard let text, let duration = try? Duration(parsing: text) else { return self }
        return .scalar(duration.divided(by: speed).spec, at: location)
    }
}
