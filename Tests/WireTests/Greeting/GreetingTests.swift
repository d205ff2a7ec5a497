import Foundation
import Testing
import Wire

/// Whom a client wants, from what it sends first.
@Suite struct GreetingTests {
    /// What real clients have sent, as `Golden/greetings/<name>.hex`, and whom they wanted.
    static let recorded: [(file: String, greeting: Greeting)] = [
        ("openssl-curl", .names("dynamodb.us-east-1.amazonaws.com")),
        ("gnutls-wget", .names("localhost")),
        ("openssl-s_client-tls1_2", .names("sts.amazonaws.com")),
        ("openssl-s_client-noservername", .namesNobody),
        ("node-fetch", .names("node.example.test")),
        // With GREASE (RFC 8701), an extension for ECH, and keys of ML-KEM.
        ("chromium", .names("chrome.example.test")),
    ]

    static func bytes(_ file: String) throws -> [UInt8] {
        let hex = try String(
            contentsOf: Golden.golden.appending(path: "greetings/\(file).hex"), encoding: .utf8)
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    private static func read(_ bytes: some Collection<UInt8>) -> Greeting {
        var reader = GreetingReader()
        reader.read(Array(bytes).span)
        #expect(reader.count == bytes.count)
        return reader.greeting
    }

    /// What is known after each piece of so many octets.
    private static func read(_ bytes: [UInt8], inPiecesOf size: Int) -> [Greeting] {
        var reader = GreetingReader()
        return stride(from: 0, to: bytes.count, by: size).map { start in
            reader.read(bytes.span.extracting(start..<min(start + size, bytes.count)))
            return reader.greeting
        }
    }

    @Test("hellos of real clients", arguments: recorded)
    func real(_ file: String, _ greeting: Greeting) throws {
        let bytes = try Self.bytes(file)
        #expect(Self.read(bytes) == greeting)
        // What is known stays so, and is known before the hello is whole.
        var known = 0
        for count in 0...bytes.count {
            let seen = Self.read(bytes.prefix(count))
            if seen == .unfinished {
                #expect(known == 0, "\(count) of \(bytes.count)")
            } else {
                known += 1
                #expect(seen == greeting, "\(count) of \(bytes.count)")
            }
        }
        #expect(known > 0)
    }

    @Test("in pieces of any size the same is known, after the same octet", arguments: recorded)
    func pieces(_ file: String, _ greeting: Greeting) throws {
        let text = "POST /x HTTP/1.1\r\nAccept: */*\r\nHost: a.example\r\nX: y\r\n\r\n{}"
        for bytes in [try Self.bytes(file), Array(text.utf8)] {
            let known = (0...bytes.count).first { Self.read(bytes.prefix($0)) != .unfinished }
            let octets = try #require(known)
            for size in [1, 2, 3, 5, 64, 700, bytes.count] {
                let seen = Self.read(bytes, inPiecesOf: size)
                let before = seen.prefix { $0 == .unfinished }.count
                #expect(before == (octets - 1) / size, "\(size)")
                #expect(seen.dropFirst(before).allSatisfy { $0 == Self.read(bytes) })
            }
        }
    }

    /// Reading all that has come anew with each octet would look at 16,384 / 2 times as many octets.
    @Test(
        "single octets cost about what they cost together",
        arguments: [
            Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 0x78, count: 16_300),
            Array("GET / HTTP/1.1\r\n".utf8) + (0..<2_700).flatMap { _ in Array("X: y\r\n".utf8) },
            // One record of a hello with as many extensions without content as fit.
            [22, 3, 1, 0x3F, 0xF0, 1, 0, 0x3F, 0xEC, 3, 3] + [UInt8](repeating: 7, count: 32)
                + [0, 0, 2, 19, 1, 1, 0, 0x3F, 0xC1]
                + (0..<4_070).flatMap { _ in [0, 42, 0, 0] as [UInt8] },
        ])
    func octets(_ bytes: [UInt8]) {
        #expect(bytes.count > 16_000 && bytes.count < Greeting.limit)
        let clock = ContinuousClock()
        func fastest(_ size: Int) -> Double {
            let times = (0..<3).map { _ in
                clock.measure { #expect(Self.read(bytes, inPiecesOf: size).last == .unfinished) }
            }
            return times.min().map { $0 / .nanoseconds(1) } ?? 0
        }
        let ratio = fastest(1) / fastest(bytes.count)
        #expect(ratio < 200, "\(ratio) times as long")
    }

    @Test("a hello over two records, wherever it is cut", arguments: recorded)
    func records(_ file: String, _ greeting: Greeting) throws {
        let body = Array(try Self.bytes(file).dropFirst(5))
        for cut in 1..<body.count {
            let bytes = [body.prefix(cut), body.dropFirst(cut)].flatMap { part in
                [22, 3, 1, UInt8(part.count >> 8), UInt8(truncatingIfNeeded: part.count)] + part
            }
            #expect(Self.read(bytes) == greeting, "cut at \(cut)")
        }
    }

    @Test("what follows a hello at once does not matter: early data, and what middleboxes want")
    func followed() throws {
        for (file, greeting) in Self.recorded {
            let hello = try Self.bytes(file)
            for next: [UInt8] in [[20, 3, 3, 0, 1, 1], [23, 3, 3, 0, 2, 9, 9], [23]] {
                #expect(Self.read(hello + next) == greeting, "\(file) \(next)")
            }
        }
    }

    @Test(
        "heads of requests",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a.example\r\n", Greeting.names("a.example")),
            ("GET / HTTP/1.1\nhOST:\t a.example:8080 \n", .names("a.example")),
            ("POST /x HTTP/1.0\r\nAccept: */*\r\nHost:A.Example\r\n\r\n{}", .names("A.Example")),
            // RFC 9112 section 3.2.2: the target goes before the field.
            ("GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", .names("b.example")),
            ("GET HTTP://u@b.example:80?q HTTP/1.1\r\n", .names("b.example")),
            ("CONNECT b.example:443 HTTP/1.1\r\n", .names("b.example")),
            ("GET / HTTP/1.1\r\nHost: a.exam", .unfinished),
            ("GET / HTTP/1.1\r\nHost: a.example", .unfinished),
            ("GET / HTTP/1.1\r\n", .unfinished),
            ("GE", .unfinished), ("", .unfinished),
            ("GET / HTTP/1.1\r\nX-Host: a.example\r\n\r\n", .namesNobody),
            ("GET / HTTP/1.1\r\nHost: \r\n\r\n", .namesNobody),
            ("GET / HTTP/1.1\r\nHost: 10.0.0.9:80\r\n", .namesNobody),
            ("GET / HTTP/1.1\r\nHost: [2001:db8::9]:80\r\n", .namesNobody),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .namesNobody),
            ("get / HTTP/1.1\r\nHost: a.example\r\n", .namesNobody),
            ("EHLO a.example\r\n", .namesNobody),
            ("SSH-2.0-OpenSSH_9.2\r\n", .namesNobody),
        ])
    func requests(_ head: String, _ greeting: Greeting) {
        #expect(Self.read(head.utf8) == greeting)
    }

    @Test(
        "what is no greeting",
        arguments: [
            [0x16, 0x02, 0x00], [0x16, 0x03, 0x01, 0x00, 0x00], [0x16, 0x03, 0x01, 0xFF, 0xFF],
            // ServerHello; an alert; a first octet of others.
            [0x16, 0x03, 0x03, 0x00, 0x01, 0x02], [0x15, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00],
            [0x00], [0xFF],
        ] as [[UInt8]])
    func others(_ bytes: [UInt8]) {
        #expect(Self.read(bytes) == .namesNobody)
    }

    @Test("what does not end names nobody")
    func endless() {
        let line = Array("GET / HTTP/1.1\r\nX: ".utf8)
        let padding = [UInt8](repeating: 0x78, count: Greeting.limit)
        #expect(Self.read((line + padding).prefix(Greeting.limit - 1)) == .unfinished)
        #expect(Self.read((line + padding).prefix(Greeting.limit)) == .namesNobody)
    }

    @Test("any change of a hello is read without a trap", arguments: 1...8)
    func garbage(_ number: Int) throws {
        var random = SplitMix64(seed: UInt64(number))
        for (file, _) in Self.recorded {
            let whole = try Self.bytes(file)
            for _ in 0..<500 {
                var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
                for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                    let at = Int.random(in: 0..<min(bytes.count, 300), using: &random)
                    bytes[at] = UInt8.random(in: .min ... .max, using: &random)
                }
                if case .names(let name) = Self.read(bytes) {
                    #expect(!name.isEmpty && name.utf8.count < 255, "seed \(number)")
                }
            }
        }
    }
}
