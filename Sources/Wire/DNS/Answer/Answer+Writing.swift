extension DNS.Answer {
    /// Appends the answer as a whole DNS message; refused, it leaves `out` as it was.
    ///
    /// `source` is the bytes that were loaded. ID, opcode, RD, RA, CD and the questions are copied
    /// to the octet; of an OPT record all but the upper bits of the code and a padding option (RFC
    /// 7830) is. Names are compressed anew, for what they pointed at may be gone.
    ///
    /// What does not fit is left out, one thing after another: the names in the SOA, the extended
    /// error's text from its end, that option, the SOA. Without the SOA the error may fit again. To an exact length the
    /// message is padded by an EDNS option, or without EDNS by an additional record of a
    /// private-use type; what is too little for these is taken up by spaces after the error's text,
    /// a longer label in the SOA, or a name that is compressed less. If nothing was removed or
    /// added, values are changed where they stand.
    public func write(
        to out: inout Writer, source bytes: Span<UInt8>, limit: Limit
    ) -> Outcome {
        guard let source, source.length == bytes.count, !out.overflowed else {
            return .refused(.otherSource)
        }
        guard !source.isSigned else { return .refused(.signed) }
        let maximum =
            source.opt == nil ? DNS.ResponseCode.maximumWithoutOPT : DNS.ResponseCode.maximum
        guard responseCode.rawValue <= maximum else { return .refused(.responseCode) }

        let start = out.count
        var draft = Draft(naming: soa == nil ? nil : .named, limit: limit)
        while true {
            let refusal: Refusal
            do {
                switch try write(draft, of: source, from: bytes, to: &out) {
                case .fits(let tail):
                    let leftOut = leftOut(draft.naming != nil, tail)
                    // Rather the whole error than names in the SOA.
                    if draft.naming == .named, source.opt != nil, !leftOut.isEmpty {
                        refusal = .tooLong
                    } else {
                        return .written(leftOut: leftOut)
                    }
                case .odd: refusal = .unpaddable
                case .tooLong: refusal = .tooLong
                }
            } catch {
                refusal = .otherSource
            }
            out.truncate(to: start)
            if let naming = draft.naming {
                draft.naming = naming == .named ? .root : nil
                continue
            }
            return patch(into: &out, from: bytes, limit: limit)
                ? .written(leftOut: leftOut(false, DNS.AnswerTail())) : .refused(refusal)
        }
    }

    private func leftOut(_ includesSOA: Bool, _ tail: DNS.AnswerTail) -> LeftOut {
        var leftOut: LeftOut = []
        if soa != nil, !includesSOA { leftOut.insert(.soa) }
        if let ede {
            if tail.errorText == nil { leftOut.insert(.ede) }
            if tail.errorText ?? 0 < ede.text.count { leftOut.insert(.edeText) }
        }
        return leftOut
    }

    /// The header with what may change in it; its counts are the source's.
    func header(of source: DNS.Message) -> DNS.Header {
        var header = source.header
        header.truncated = truncated
        header.authoritative = authoritative
        header.authenticData = authenticData
        header.rcode = UInt8(truncatingIfNeeded: responseCode.rawValue & 0xF)
        return header
    }

    /// The TTL field of the OPT record: upper bits of the code, then version and flags as they
    /// were.
    func optTTL(of opt: DNS.Record) -> UInt32 {
        UInt32(responseCode.rawValue >> 4) << 24 | opt.ttl & 0x00FF_FFFF
    }
}
