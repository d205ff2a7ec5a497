extension RunEvent: Codable {
    private enum Key: String, CodingKey { case at, event }

    private enum Word: String, Codable {
        case phaseBegan = "phase-began"
        case phaseEnded = "phase-ended"
        case armed, lifted, counts, result, expectation
        case stepBegan = "step-began"
        case stepEnded = "step-ended"
        case note, stopped
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        at = try container.decode(Int64.self, forKey: .at)
        kind =
            switch try container.decode(Word.self, forKey: .event) {
            case .phaseBegan: .phaseBegan(try PhaseBegan(from: decoder))
            case .phaseEnded: .phaseEnded(try PhaseEnded(from: decoder))
            case .armed: .armed(try Armed(from: decoder))
            case .lifted: .lifted(try Lifted(from: decoder))
            case .counts: .counts(try Counts(from: decoder))
            case .result: .result(try Result(from: decoder))
            case .expectation: .expectation(try Expectation(from: decoder))
            case .stepBegan: .stepBegan(try StepBegan(from: decoder))
            case .stepEnded: .stepEnded(try StepEnded(from: decoder))
            case .note: .note(try Note(from: decoder))
            case .stopped: .stopped(try Stopped(from: decoder))
            }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(at, forKey: .at)
        try container.encode(word, forKey: .event)
        try payload.encode(to: encoder)
    }

    private var word: Word {
        switch kind {
        case .phaseBegan: .phaseBegan
        case .phaseEnded: .phaseEnded
        case .armed: .armed
        case .lifted: .lifted
        case .counts: .counts
        case .result: .result
        case .expectation: .expectation
        case .stepBegan: .stepBegan
        case .stepEnded: .stepEnded
        case .note: .note
        case .stopped: .stopped
        }
    }

    private var payload: any Encodable {
        switch kind {
        case .phaseBegan(let value): value
        case .phaseEnded(let value): value
        case .armed(let value): value
        case .lifted(let value): value
        case .counts(let value): value
        case .result(let value): value
        case .expectation(let value): value
        case .stepBegan(let value): value
        case .stepEnded(let value): value
        case .note(let value): value
        case .stopped(let value): value
        }
    }
}
