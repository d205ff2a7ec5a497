/// The head of a request of HTTP/1 (RFC 9112), as far as it has come.
enum RequestHead {
    private static let space = UInt8(ascii: " ")
    private static let colon = UInt8(ascii: ":")
    private static let lineFeed: UInt8 = 10
    private static let carriageReturn: UInt8 = 13
    /// The longest method of IANA's registry has 17 letters.
    private static let longestMethod = 24

    static func greeting(_ bytes: Span<UInt8>) -> Greeting {
        var start = 0
        guard let requestLine = line(of: bytes, from: &start) else {
            return mayBeRequest(bytes) ? .unfinished : .namesNobody
        }
        let words = requestLine.split(separator: space, omittingEmptySubsequences: false)
        guard words.count == 3, isMethod(words[0]), words[2].starts(with: "HTTP/1.".utf8) else {
            return .namesNobody
        }
        // A host in the target goes before the field (RFC 9112 section 3.2.2).
        if let authority = authority(
            ofTarget: words[1], isTunnel: words[0].elementsEqual("CONNECT".utf8))
        {
            return Greeting(host: host(of: authority))
        }
        while let field = line(of: bytes, from: &start) {
            if field.isEmpty { return .namesNobody }
            guard let end = field.firstIndex(of: colon), isHost(field[..<end]) else { continue }
            return Greeting(host: host(of: trimmed(field[(end + 1)...])))
        }
        return .unfinished
    }

    /// The next line without its end; nil if it has not come whole.
    private static func line(of bytes: Span<UInt8>, from start: inout Int) -> ArraySlice<UInt8>? {
        var line: [UInt8] = []
        for index in start..<bytes.count {
            if bytes[index] == lineFeed {
                start = index + 1
                if line.last == carriageReturn { line.removeLast() }
                return line[...]
            }
            line.append(bytes[index])
        }
        return nil
    }

    /// Whether what has come of a request line can be one.
    private static func mayBeRequest(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<bytes.count {
            if bytes[index] == space { return index > 0 }
            guard isCapital(bytes[index]), index < longestMethod else { return false }
        }
        return true
    }

    private static func isMethod(_ word: ArraySlice<UInt8>) -> Bool {
        (1...longestMethod).contains(word.count) && word.allSatisfy(isCapital)
    }

    private static func isCapital(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) || octet == UInt8(ascii: "-")
    }

    private static func isHost(_ field: ArraySlice<UInt8>) -> Bool {
        field.map(DNS.lowercased).elementsEqual("host".utf8)
    }

    /// `b.c:80` of `http://b.c:80/…`, and the whole target of CONNECT.
    private static func authority(
        ofTarget target: ArraySlice<UInt8>, isTunnel: Bool
    ) -> ArraySlice<UInt8>? {
        if isTunnel { return target }
        for scheme in ["http://", "https://"]
        where target.prefix(scheme.utf8.count).map(DNS.lowercased).elementsEqual(scheme.utf8) {
            let rest = target.dropFirst(scheme.utf8.count)
            return rest.prefix { !"/?#".utf8.contains($0) }
        }
        return nil
    }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (octet: UInt8) in octet == space || octet == 9 }
        var value = value.drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return value
    }

    /// Without user and port; an address in brackets stays as it is, and is no name.
    private static func host(of authority: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var host = authority
        if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
        if host.first == UInt8(ascii: "[") { return host }
        if let colon = host.lastIndex(of: colon) { host = host[..<colon] }
        return host
    }
}
