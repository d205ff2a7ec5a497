/// The head of a request of HTTP/1 (RFC 9112), read line by line as it comes.
struct RequestHead: Sendable {
    private static let space = UInt8(ascii: " ")
    private static let colon = UInt8(ascii: ":")
    private static let lineFeed: UInt8 = 10
    private static let carriageReturn: UInt8 = 13
    /// The longest method of IANA's registry has 17 letters.
    private static let longestMethod = 24

    private enum Part { case method, requestLine, fields }

    private var part = Part.method
    /// The line in hand, as far as it has come.
    private var line: [UInt8] = []

    /// Octets that are kept.
    var size: Int { line.count }

    /// What is known when these octets have come too; what follows an answer does not matter.
    mutating func read(_ piece: Span<UInt8>) -> Greeting {
        for index in 0..<piece.count {
            let octet = piece[index]
            if octet == Self.lineFeed {
                let greeting = endLine()
                if greeting != .unfinished { return greeting }
            } else {
                if part == .method, !continuesMethod(octet) { return .namesNobody }
                line.append(octet)
            }
        }
        return .unfinished
    }

    /// Whether what has come of a request line still can be one.
    private mutating func continuesMethod(_ octet: UInt8) -> Bool {
        if octet == Self.space, !line.isEmpty {
            part = .requestLine
            return true
        }
        return Self.isCapital(octet) && line.count < Self.longestMethod
    }

    private mutating func endLine() -> Greeting {
        if line.last == Self.carriageReturn { line.removeLast() }
        defer { line.removeAll(keepingCapacity: true) }
        guard part == .fields else {
            part = .fields
            return Self.greeting(ofRequestLine: line[...])
        }
        if line.isEmpty { return .namesNobody }
        guard let end = line.firstIndex(of: Self.colon), Self.isHost(line[..<end]) else {
            return .unfinished
        }
        return Greeting(host: Self.host(of: Self.trimmed(line[(end + 1)...])))
    }

    private static func greeting(ofRequestLine line: ArraySlice<UInt8>) -> Greeting {
        let words = line.split(separator: space, omittingEmptySubsequences: false)
        guard words.count == 3, isMethod(words[0]), words[2].starts(with: "HTTP/1.".utf8) else {
            return .namesNobody
        }
        // A host in the target goes before the field (RFC 9112 section 3.2.2).
        let isTunnel = words[0].elementsEqual("CONNECT".utf8)
        guard let authority = authority(ofTarget: words[1], isTunnel: isTunnel) else {
            return .unfinished
        }
        return Greeting(host: host(of: authority))
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
