extension DNS.Answer {
    /// One rung of the ladder: an attempt to write an answer with its SOA, or without.
    struct Draft {
        /// Nil: without its SOA.
        var naming: DNS.NegativeSOA.Naming?
        /// The most octets; -1, which nothing fits, stands for limits out of range.
        let size: Int
        /// Whether fewer octets will not do.
        let isExact: Bool

        init(naming: DNS.NegativeSOA.Naming?, limit: Limit) {
            self.naming = naming
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

    /// Appends the message; unless it fits, what was appended is to be cut off again.
    func write(
        _ draft: Draft, of source: DNS.Message, from bytes: Span<UInt8>, to out: inout Writer
    ) throws(WireError) -> DNS.AnswerTail.Fit {
        let start = out.count
        let fit = try attempt(draft, stretch: 0, of: source, from: bytes, to: &out)
        guard case .odd(let rest) = fit else { return fit }
        out.truncate(to: start)
        return try attempt(draft, stretch: rest, of: source, from: bytes, to: &out)
    }

    /// Appends the message, longer than it need be by `stretch` octets.
    private func attempt(
        _ draft: Draft, stretch: Int, of source: DNS.Message, from bytes: Span<UInt8>,
        to out: inout Writer
    ) throws(WireError) -> DNS.AnswerTail.Fit {
        let start = out.count
        out.append(bytes, 0..<source.questionsEnd)
        guard !out.overflowed else { return .tooLong }
        let header = header(of: source)
        out.patch(header.flags, at: start + 2)
        var records = try DNS.RecordWriter(
            base: start, question: source.question, spare: draft.naming == nil ? stretch : 0,
            in: out)
        try writeEntries(.answer, &records, countAt: start + 6, from: bytes, to: &out)
        try writeEntries(.authority, &records, countAt: start + 8, from: bytes, to: &out)
        if let naming = draft.naming, let soa {
            try records.write(
                soa, naming: naming, lastName: lastNameOffset, stretch: stretch, from: bytes,
                to: &out)
            out.increment(at: start + 8)
        }
        try writeEntries(.additional, &records, countAt: start + 10, from: bytes, to: &out)

        let room = draft.size - (out.count - start) - optionsSize(source, bytes)
        let fit = DNS.AnswerTail.spend(
            room, hasOPT: source.opt != nil, error: ede, exactly: draft.isExact)
        guard case .fits(let tail) = fit else { return fit }
        if writeTail(tail, of: source, from: bytes, to: &out) { out.increment(at: start + 10) }
        return out.overflowed ? .tooLong : fit
    }

    private func writeEntries(
        _ section: DNS.Section, _ records: inout DNS.RecordWriter, countAt offset: Int,
        from bytes: Span<UInt8>, to out: inout Writer
    ) throws(WireError) {
        var count: UInt16 = 0
        for entry in entries where entry.record.section == section {
            try records.write(entry, from: bytes, to: &out)
            // More than 65,535 records do not fit a message anyway.
            count &+= 1
        }
        out.patch(count, at: offset)
    }
}

// MARK: - OPT and padding

extension DNS.Answer {
    /// Octets of the OPT record with the options that are copied; 0 without one.
    private func optionsSize(_ source: DNS.Message, _ bytes: Span<UInt8>) -> Int {
        guard let opt = source.opt else { return 0 }
        var size = 1 + DNS.Record.fixedSize
        var options = DNS.OptionCursor(opt.rdata)
        while let option = options.next(in: bytes) {
            guard option.code != DNS.OptionCode.padding else { continue }
            size += option.whole.count
        }
        return size
    }

    /// Appends the OPT record, or the record that pads; gives whether there was one.
    private func writeTail(
        _ tail: DNS.AnswerTail, of source: DNS.Message, from bytes: Span<UInt8>,
        to out: inout Writer
    ) -> Bool {
        if let opt = source.opt {
            writeOPT(opt, tail, from: bytes, to: &out)
            return true
        }
        guard let padding = tail.padding else { return false }
        out.append(UInt8(0))
        let data = DNS.RecordWriter.begin(.privateUse, DNS.internet, 0, to: &out)
        out.append(repeating: 0, count: padding)
        DNS.RecordWriter.end(data, in: &out)
        return true
    }

    private func writeOPT(
        _ opt: DNS.Record, _ tail: DNS.AnswerTail, from bytes: Span<UInt8>, to out: inout Writer
    ) {
        out.append(UInt8(0))
        let data = DNS.RecordWriter.begin(.opt, opt.rrClass, optTTL(of: opt), to: &out)
        var options = DNS.OptionCursor(opt.rdata)
        while let option = options.next(in: bytes) {
            guard option.code != DNS.OptionCode.padding else { continue }
            out.append(bytes, option.whole)
        }
        if let error = ede, let text = tail.errorText {
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
