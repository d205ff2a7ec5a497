import FaultKinds
import Spec
import Testing
import Wire

@testable import Agent

/// Connections that are meant by the name that they ask for.
@Suite struct GreetingTests {
    /// One client's side of a connection, and what the kernel is told of it.
    struct Client {
        var injector = Injector(resolvers: HostResolvers(resolvConf: ""))
        var server = Endpoint(.v4(0xC633_6407), port: 443)
        var own = Endpoint(.v4(0xC000_0235), port: 50_000)
        var sequence: UInt32 = .max - 20
        var time: UInt64 = 1_000_000_000

        /// - Parameter mostMeant: Most connections that the fault remembers.
        init(
            _ keys: String, net: String = "blackhole", mostMeant: Int = LiveConnections.mostMeant
        ) throws {
            let fault = try Fault(yaml: "net: \(net)\nsni: true\n\(keys)\n")
            injector.arm(
                LiveFault(
                    id: "f1", name: "f", fault: fault, seed: 1, isDryRun: false, armedAt: 0,
                    connections: fault.net.map {
                        LiveConnections(
                            number: 1, terms: $0, except: fault.except, mostMeant: mostMeant)
                    }))
        }

        mutating func send(
            _ payload: String = "", at offset: UInt32 = 0, flags: UInt8 = TCPFields.ack
        ) throws -> [HeardConnection.Told] {
            let fields = TCPFields(sequence: sequence &+ offset, acknowledgement: 1, flags: flags)
            let octets = Array(payload.utf8)
            let built = Packet.tcp(from: own, to: server, fields, payload: octets.span)
            let packet = try #require(built)
            injector.readGreeting(packet.span, time: time)
            defer { injector.heard = [] }
            for one in injector.heard { kernel.take(one) }
            return injector.heard.map(\.told)
        }

        /// What the kernel has been told and not been told to forget.
        var kernel = Kernel()

        struct Kernel {
            var read: Set<StreamKey> = []
            var meant: Set<StreamKey> = []

            mutating func take(_ heard: HeardConnection) {
                switch heard.told {
                case .forgotten:
                    read.remove(heard.key)
                    meant.remove(heard.key)
                case .unread: read.remove(heard.key)
                case .meant:
                    read.insert(heard.key)
                    meant.insert(heard.key)
                case .ending: meant.insert(heard.key)
                case .spared: read.insert(heard.key)
                }
            }
        }

        var unheard: UInt64 { injector.faults[0].connections?.unheard ?? 0 }

        mutating func open() throws -> [HeardConnection.Told] {
            defer { sequence &+= 1 }
            return try send(flags: TCPFields.syn)
        }
    }

    static let keys = "names: ['*.a.example']\nhosts: 198.51.100.0/24"
    static func head(_ host: String) -> String { "GET / HTTP/1.1\r\nHost: \(host)\r\n" }

    @Test(
        "only names that are meant, whatever the size of the segments",
        arguments: [
            ("x.a.example", true), ("X.A.Example.", true), ("a.example", false),
            ("b.example", false), ("x.a.example.b", false),
        ], [1, 2, 7, 1_000])
    func segments(_ asked: (host: String, isMeant: Bool), size: Int) throws {
        var client = try Client(Self.keys)
        #expect(try client.open() == [])
        let head = Array(Self.head(asked.host).utf8)
        for start in stride(from: 0, to: head.count, by: size) {
            let piece = String(
                decoding: head[start..<min(start + size, head.count)], as: UTF8.self)
            let told = try client.send(piece, at: UInt32(start))
            if start + size < head.count {
                #expect(told == [], "\(start)")
            } else {
                #expect(told == [asked.isMeant ? .meant : .spared])
            }
        }
    }

    @Test("out of order, twice, and overlapping")
    func disorder() throws {
        let head = Self.head("x.a.example")
        let text = { (range: Range<Int>) in
            String(decoding: Array(head.utf8)[range], as: UTF8.self)
        }
        let end = head.utf8.count
        var client = try Client(Self.keys)
        _ = try client.open()
        for range in [20..<end, 0..<5, 0..<5, 3..<12, 12..<14] {
            #expect(try client.send(text(range), at: UInt32(range.lowerBound)) == [])
        }
        #expect(try client.send(text(10..<20), at: 10) == [.meant])
    }

    @Test("data behind the SYN (TCP Fast Open)")
    func fastOpen() throws {
        var client = try Client(Self.keys)
        #expect(try client.send(Self.head("x.a.example"), flags: TCPFields.syn) == [.meant])
    }

    @Test("a connection whose beginning nobody saw is spared, and stays what it is known to be")
    func older() throws {
        var client = try Client(Self.keys)
        #expect(try client.send(Self.head("x.a.example")) == [.spared])
        _ = try client.open()
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        // The kernel asks again after a while, in the middle of something else.
        client.time += 2 * Greetings.life
        #expect(try client.send("{}", at: 500) == [.meant])
    }

    @Test("an acknowledgement of a connection that nobody saw begin settles it; a FIN forgets")
    func bare() throws {
        var client = try Client(Self.keys)
        #expect(try client.send() == [.spared])
        _ = try client.open()
        #expect(try client.send() == [])
        #expect(try client.send(flags: TCPFields.ack | TCPFields.fin) == [])
        #expect(try client.send(Self.head("x.a.example")) == [.spared])
    }

    @Test("a port is that of the name, or of whom it is reached through")
    func proxy() throws {
        var client = try Client("names: x.a.example\nports: 443\nhosts: '198.51.100.7:3128'")
        client.server.port = 3_128
        _ = try client.open()
        let head = "CONNECT x.a.example:443 HTTP/1.1\r\n"
        #expect(try client.send(head) == [.meant])
    }

    @Test("the same ends again: what was told of them is forgotten")
    func reuse() throws {
        var client = try Client(Self.keys)
        for (host, told) in [("x.a.example", HeardConnection.Told.meant), ("b.example", .spared)] {
            _ = try client.open()
            #expect(try client.send(Self.head(host)) == [told])
        }
        client.time += 10
        #expect(try client.open() == [.forgotten])
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        client.time += 2 * Greetings.life
        // The kernel has let go of what was read by itself, of what is meant it has not.
        #expect(try client.open() == [.forgotten])
        #expect(try client.open() == [])
    }

    @Test("other hosts and ports, exceptions")
    func elsewhere() throws {
        var client = try Client(Self.keys + "\nports: 443\nexcept: [y.a.example]")
        _ = try client.open()
        #expect(try client.send(Self.head("y.a.example")) == [.spared])
        client.server.port = 80
        #expect(try client.open() == [])
        #expect(try client.send(Self.head("x.a.example")) == [])
        client.server = Endpoint(.v4(0x0A00_0001), port: 443)
        #expect(try client.open() == [])
        #expect(try client.send(Self.head("x.a.example")) == [])
    }

    @Test("inbound: the names are those of this host")
    func inbound() throws {
        var client = try Client("names: x.a.example\nports: 443\ndirection: inbound")
        _ = try client.open()
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        client.own.port += 1
        _ = try client.open()
        #expect(try client.send(Self.head("y.a.example")) == [.spared])
    }

    @Test(
        "FIN and RST: what was told of one that is meant is to end; a later packet takes that back")
    func ending() throws {
        var client = try Client(Self.keys)
        _ = try client.open()
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        for flags in [TCPFields.fin | TCPFields.ack, TCPFields.rst] {
            #expect(try client.send(at: 60, flags: flags) == [.ending])
        }
        client.time += 2 * Greetings.life
        #expect(try client.send(at: 61) == [.meant])
        #expect(try client.send("{}", at: 61, flags: TCPFields.fin | TCPFields.ack) == [.ending])
        // Of others there is nothing to end.
        client.own.port += 1
        _ = try client.open()
        #expect(try client.send(Self.head("b.example")) == [.spared])
        #expect(try client.send(at: 60, flags: TCPFields.fin | TCPFields.ack) == [])
        #expect(Greetings.endingLife > Greetings.life && Greetings.meantLife > Greetings.life)
    }

    @Test("what the kernel is told stays within limits, and what it takes for known is known here")
    func kernelLimits() throws {
        var client = try Client(Self.keys, mostMeant: 30)
        client.injector.greetings = Greetings(.init(known: 100))
        var random = SeededRandom(seed: 7)
        for turn in 0..<3_000 {
            client.own.port = UInt16.random(in: 1...400, using: &random)
            client.time += 1_000_000
            _ = try client.open()
            let isMeant = Bool.random(using: &random)
            _ = try client.send(Self.head(isMeant ? "x.a.example" : "b.example"))
            try #require(client.kernel.read.count <= 100, "turn \(turn)")
            try #require(client.kernel.meant.count <= 30, "turn \(turn)")
            // Whoever uses these ends next is read: the kernel takes nothing for known without us.
            let told = try client.open()
            try #require(told == [.forgotten], "turn \(turn)")
            _ = try client.send(Self.head(isMeant ? "x.a.example" : "b.example"))
        }
        #expect(client.unheard > 0)
    }

    @Test(
        "what made room among those that are meant counts only if it may live",
        arguments: [("blackhole", false, 10), ("blackhole", true, 0), ("reset", false, 0)])
    func unheardMayLive(_ row: (net: String, ends: Bool, unheard: UInt64)) throws {
        var client = try Client(Self.keys, net: row.net, mostMeant: 5)
        for port in UInt16(1)...15 {
            client.own.port = port
            _ = try client.open()
            _ = try client.send(Self.head("x.a.example"))
            if row.ends { _ = try client.send(at: 60, flags: TCPFields.ack | TCPFields.fin) }
        }
        #expect(client.unheard == row.unheard)
    }

    @Test(
        "one that made room among those known: the kernel is told, unless it has let go by itself")
    func unknown() throws {
        for (later, told) in [
            (UInt64(1), [HeardConnection.Told.unread, .spared]), (3 * Greetings.life, [.spared]),
        ] {
            var client = try Client(Self.keys)
            client.injector.greetings = Greetings(.init(known: 1))
            _ = try client.open()
            #expect(try client.send(Self.head("x.a.example")) == [.meant])
            client.time += later
            client.own.port += 1
            _ = try client.open()
            #expect(try client.send(Self.head("b.example")) == told)
            // It stays what it is.
            client.own.port -= 1
            client.time += 3 * Greetings.life
            #expect(try client.send("{}", at: 60) == [.meant])
            #expect(client.unheard == 0)
        }
    }

    @Test(
        "no room for all that is said: who was silent longest makes room, counted; the newest is read"
    )
    func fullOfOctets() throws {
        var client = try Client(Self.keys)
        client.injector.greetings = Greetings(.init(octets: 10_000))
        for port in UInt16(1)...20 {
            client.own.port = port
            _ = try client.open()
            let line = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 1_000)
            #expect(try client.send(line) == [])
        }
        #expect(client.unheard == 11)
        client.own.port = 21
        _ = try client.open()
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        // Of the first nobody knows the beginning any more, of the last of them everything.
        client.own.port = 1
        #expect(try client.send("\r\nHost: x.a.example\r\n", at: 1_019) == [.spared])
        client.own.port = 20
        // Since then one more SYN has been sent.
        #expect(try client.send("\r\nHost: x.a.example\r\n", at: 1_018) == [.meant])
    }

    @Test("thousands that say nothing, or too much, are bounded")
    func flood() throws {
        var client = try Client(Self.keys)
        for port in UInt16(1)...20_000 {
            client.own.port = port
            _ = try client.open()
        }
        // The first have been pushed out; the last is read.
        #expect(client.unheard == 20_000 - UInt64(Greetings.Limits().starts))
        #expect(try client.send(Self.head("x.a.example")) == [.meant])
        client.own.port = 1
        #expect(try client.send(Self.head("x.a.example")) == [.spared])
        client.own.port = 30_000
        _ = try client.open()
        let line = "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 1_400)
        #expect(try client.send(line) == [])
        for index in 1..<12 {
            let offset = UInt32(line.utf8.count * index)
            let told = try client.send(String(repeating: "x", count: line.utf8.count), at: offset)
            #expect(told == (line.utf8.count * (index + 1) >= Greeting.limit ? [.spared] : []))
            if !told.isEmpty { return }
        }
        Issue.record("never given up")
    }
}
