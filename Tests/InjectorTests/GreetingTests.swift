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

        init(_ keys: String) throws {
            let fault = try Fault(yaml: "net: blackhole\nsni: true\n\(keys)\n")
            injector.arm(
                LiveFault(
                    id: "f1", name: "f", fault: fault, seed: 1, isDryRun: false, armedAt: 0,
                    connections: fault.net.map {
                        LiveConnections(number: 1, terms: $0, except: fault.except)
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
            return injector.heard.map(\.told)
        }

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

    @Test("thousands that say nothing, or too much, are bounded")
    func flood() throws {
        var client = try Client(Self.keys)
        for port in UInt16(1)...20_000 {
            client.own.port = port
            _ = try client.open()
        }
        // The first has been pushed out; the last is read.
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
