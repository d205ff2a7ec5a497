extension DNS.Answer {
    /// One rung of the ladder: an attempt to write the answer with this SOA, or without.
    struct Draft {
        let answer: DNS.Answer
        let source: DNS.Message
        var soa: DNS.NegativeSOA?
        private let size: Int
        private let isExact: Bool

        init(answer: DNS.Answer, source: DNS.Message, soa: DNS.NegativeSOA?, limit: Limit) {
            self.answer = answer
            self.source = source
            self.soa = soa
            // -1 is a size that nothing fits; arithmetic on it cannot overflow.
            switch limit {
            case .atMost(let octets):
                size = min(max(octets, -1), DNS.maximumMessageSize)
                isExact = false
            case .exactly(let octets):
                size = 0...DNS.maximumMessageSize ~= octets ? octets : -1
                isExact = true
            }
        }
    }
}

extension DNS.Answer.Draft {
    /// Appends the message; unless it fits, what was appended is to be cut off again.
    func write(
        to out: inout Writer, from bytes: Span<UInt8>
    ) throws(WireError) -> DNS.AnswerTail.Fit {
        let start = out.count
        var fit = try attempt(stretch: 0, to: &out, from: bytes)
        if case .odd(let rest) = fit {
            out.truncate(to: start)
            fit = try attempt(stretch: rest, to: &out, from: bytes)
        }
        return fit
    }

    private func attempt(
        stretch: Int, to out: inout Writer, from bytes: Span<UInt8>
    ) throws(WireError) -> DNS.AnswerTail.Fit {
        let start = out.count
        var header = answer.header(of: source)
        try writeRecords(&header, stretch: stretch, to: &out, from: bytes)
        let options = optionsSize(bytes)
        let room = size - (out.count - start) - options
        let fit = DNS.AnswerTail.spend(
            room, hasOPT: source.opt != nil, error: answer.ede, exactly: isExact)
        guard case .fits(let tail) = fit else { return fit }
        writeTail(tail, &header, to: &out, from: bytes)
        // The counts are known only now.
        out.patch(header.answerCount, at: start + 6)
        out.patch(header.authorityCount, at: start + 8)
        out.patch(header.additionalCount, at: start + 10)
        guard !out.overflowed else { return .tooLong }
        return fit
    }

    private func writeRecords(
        _ header: inout DNS.Header, stretch: Int, to out: inout Writer, from bytes: Span<UInt8>
    ) throws(WireError) {
        var names = DNS.NameCompressor(base: out.count)
        header.answerCount = 0
        header.authorityCount = 0
        header.additionalCount = 0
        header.write(to: &out)
        out.append(bytes, DNS.Header.size..<source.questionsEnd)
        // Without the question in the output there is nothing to learn, and nothing will come of it.
        if let question = source.question, !out.overflowed {
            try names.learn(nameAt: question.nameOffset, in: out)
        }
        if soa == nil { names.spare = stretch }
        var records = DNS.RecordWriter(names: names)
        for entry in answer.entries where entry.record.section == .answer {
            try records.write(entry, from: bytes, to: &out)
            header.answerCount &+= 1
        }
        for entry in answer.entries where entry.record.section == .authority {
            try records.write(entry, from: bytes, to: &out)
            header.authorityCount &+= 1
        }
        if let soa {
            try records.write(
                soa, lastName: answer.lastNameOffset, stretch: stretch, from: bytes, to: &out)
            header.authorityCount &+= 1
        }
        for entry in answer.entries where entry.record.section == .additional {
            try records.write(entry, from: bytes, to: &out)
            header.additionalCount &+= 1
        }
    }
}

// MARK: - OPT and padding

extension DNS.Answer.Draft {
    /// Octets of the OPT record with the options that are copied; 0 without one.
    private func optionsSize(_ bytes: Span<UInt8>) -> Int {
        guard let opt = source.opt else { return 0 }
        var size = 1 + DNS.Record.fixedSize
        var options = DNS.OptionCursor(opt.rdata)
        while let option = options.next(in: bytes) {
            guard option.code != DNS.OptionCode.padding else { continue }
            size += option.whole.count
        }
        return size
    }

    private func writeTail(
        _ tail: DNS.AnswerTail, _ header: inout DNS.Header, to out: inout Writer,
        from bytes: Span<UInt8>
    ) {
        if let opt = source.opt {
            writeOPT(opt, tail, to: &out, from: bytes)
            header.additionalCount &+= 1
        } else if let padding = tail.padding {
            out.append(UInt8(0))
            let data = DNS.RecordWriter.begin(.privateUse, DNS.internet, 0, to: &out)
            out.append(repeating: 0, count: padding)
            DNS.RecordWriter.end(data, in: &out)
            header.additionalCount &+= 1
        }
    }

    private func writeOPT(
        _ opt: DNS.Record, _ tail: DNS.AnswerTail, to out: inout Writer, from bytes: Span<UInt8>
    ) {
        out.append(UInt8(0))
        let data = DNS.RecordWriter.begin(.opt, opt.rrClass, answer.optTTL(of: opt), to: &out)
        var options = DNS.OptionCursor(opt.rdata)
        while let option = options.next(in: bytes) {
            guard option.code != DNS.OptionCode.padding else { continue }
            out.append(bytes, option.whole)
        }
        if let error = answer.ede, let text = tail.errorText {
            out.append(DNS.OptionCode.extendedError)
            out.append(UInt16(truncatingIfNeeded: 2 + text + tail.spaces))
            out.append(error.code)
            out.append(error.text.span, 0..<text)
            out.append(repeating: UInt8(ascii: " "), count: tail.spaces)
        }
        if let padding = tail.padding {
            out.append(DNS.OptionCode.padding)
            out.append(UInt16(truncatingIfNeeded: padding))
            out.append(repeating: 0, count: padding)
        }
        DNS.RecordWriter.end(data, in: &out)
    }
}
