import Control
import Foundation
import Testing

extension KernelTests {
    /// Each effect on connections to another host, as real clients report it. What they said is in
    /// docs/net-effects.md, word for word.
    @Suite("connections: real clients") struct RealClientTests {
        /// What becomes of a request.
        enum Promise: Sendable {
            case refused, reset
            /// At once, or when Linux looks at ICMP: at its second SYN, after 1 s.
            case rejected, unreachable
            /// No connection, or no answer, for as long as the client waits.
            case noConnection, noAnswer
            /// It succeeds this much later; seconds.
            case later(Double)
            /// It succeeds at so many octets a second.
            case rate(Double, octets: Int)
            /// Some succeed only when what was lost is sent again.
            case someLate
            /// Some never succeed.
            case someLost
        }

        struct Row: Sendable, CustomTestStringConvertible {
            var net: String
            var tcp: Promise
            var udp: Promise
            var testDescription: String { net }
        }

        static let rows = [
            Row(net: "blackhole", tcp: .noConnection, udp: .noAnswer),
            Row(net: "reset", tcp: .refused, udp: .refused),
            Row(net: "{reset: data}", tcp: .reset, udp: .refused),
            Row(net: "reject", tcp: .rejected, udp: .refused),
            Row(net: "{reject: host}", tcp: .unreachable, udp: .noAnswer),
            Row(net: "{latency: 300ms}", tcp: .later(0.6), udp: .later(0.3)),
            Row(net: "{loss: 30%}", tcp: .someLate, udp: .someLost),
            Row(
                net: "{throttle: 200kB/s}", tcp: .rate(200_000, octets: 300_000), udp: .later(0)),
            Row(net: "halfopen", tcp: .noAnswer, udp: .noAnswer),
        ]

        @Test("as promised, and in the words of the documentation", arguments: rows)
        func seen(_ row: Row) async throws {
            try await Neighbour.beside("10.3.0", "fd03:") { host in
                let meant = "\(host.v4).2"
                try await Reach.serving(at: host) {
                    try await Self.dns(at: host, meant) {
                        try await AgentUnderTest.serving { agent in
                            let clients = try await RealClient.all()
                            try await agent.broken(row.net, ["hosts: \(meant)"]) { fault in
                                var lines: [String] = []
                                for client in clients {
                                    lines.append(
                                        try await Self.line(
                                            client, client.isUDP ? row.udp : row.tcp, meant,
                                            "\(host.v4).3"))
                                }
                                try ClientWords.compare(lines, under: row.net)
                                #expect(try await agent.counts(fault.id).fired > 0)
                            }
                            #expect(try await agent.counters().errors == 0)
                        }
                    }
                }
            }
        }

        private static func dns(
            at host: Neighbour, _ address: String, _ body: () async throws -> Void
        ) async throws {
            let configuration = try NSD.configuration(
                in: try await Place.scratch(), addresses: [address], port: RealClient.dnsPort)
            try await host.serving(
                ["nsd", "-d", "-c", configuration.path()],
                isReady: { _ in
                    try await NSD.isAnswering(
                        [address], port: RealClient.dnsPort, name: "example.test")
                },
                { _ in try await body() })
        }

        /// Holds a client to the promise. Returns the row of the table in the documentation.
        private static func line(
            _ client: RealClient, _ promise: Promise, _ meant: String, _ other: String
        ) async throws -> String {
            var order = RealClient.Order(
                meant: meant, other: other, connect: client.patience.connect ?? 1,
                all: client.patience.all)
            if promise.isICMP {
                order.connect = 3
                if client.patience.connect != nil { order.all = 3 }
            }
            if !promise.fails { (order.connect, order.all) = (8, 8) }
            if case .rate(_, let octets) = promise { order.octets = octets }
            let report = try await client.ask(order)
            #expect(report.other ?? "ok" == "ok", "\(client.title)")
            let (words, when): (String, String)
            switch promise {
            case .refused, .rejected, .reset, .unreachable, .noConnection, .noAnswer:
                (words, when) = failed(client, promise, report)
            case .later, .rate:
                (words, when) = try await late(client, promise, report, order)
            case .someLate, .someLost:
                (words, when) = try await lossy(client, promise, order)
            }
            return ClientWords.line(client.title, words, when)
        }

        private static func failed(
            _ client: RealClient, _ promise: Promise, _ report: RealClient.Report
        ) -> (String, String) {
            let words = report.error ?? "ok"
            let what: Comment = "\(client.title): \(words) after \(report.took) s"
            let (sign, after): (String, Double) =
                switch promise {
                case .refused, .rejected: ("refused|couldn't connect|connectexception", 0)
                case .reset: ("reset|received no bytes", 0)
                case .unreachable: ("no route|unreach|couldn't connect", 0)
                case .noConnection: ("time", client.patience.connect ?? client.patience.all)
                default: ("time", client.patience.all)
                }
            let signs = sign.split(separator: "|")
            #expect(signs.contains { words.lowercased().contains($0) }, what)
            // A client on a busy machine notices late.
            #expect(
                report.took >= after - 0.01
                    && report.took < after + 0.45 + (promise.isICMP ? 1 : 0), what)
            return (
                words, promise.isICMP ? "at once, or 1 s" : after == 0 ? "at once" : "\(after) s"
            )
        }

        /// The best of some: another program may have had the processor.
        private static func late(
            _ client: RealClient, _ promise: Promise, _ first: RealClient.Report,
            _ order: RealClient.Order
        ) async throws -> (String, String) {
            let (asked, text, slack) =
                switch promise {
                case .rate(let rate, let octets):
                    (Double(octets) / rate, "at \(Int(rate / 1_000)) kB/s", 0.1)
                case .later(let time): (time, time == 0 ? "at once" : "\(time) s later", 0.1)
                default: (0, "", 0)
                }
            var reports = [first]
            while reports.count < 5, reports.allSatisfy({ $0.took > asked + slack }) {
                reports.append(try await client.ask(order))
            }
            let best = reports.map(\.took).min() ?? 0
            #expect(reports.allSatisfy { $0.error == nil }, "\(client.title): \(reports)")
            // A bucket may let its first packets go at once.
            #expect(best >= asked * 0.95 - 0.001, "\(client.title): \(best)")
            #expect(best <= asked + slack, "\(client.title): \(best)")
            if let octets = first.octets { #expect(octets == order.octets) }
            return ("its answer", text)
        }

        private static func lossy(
            _ client: RealClient, _ promise: Promise, _ order: RealClient.Order
        ) async throws -> (String, String) {
            var order = order
            if case .someLost = promise { order.all = client.patience.all }
            var clean = false
            var hit: RealClient.Report?
            // Each meets at least one loss at 30% and is spared at 16% or more: 40 do not miss either.
            for _ in 0..<40 where !clean || hit == nil {
                let report = try await client.ask(order)
                // Linux sends data again after 0.2 s and a SYN after 1 s.
                if report.error == nil, report.took < 0.19 { clean = true }
                switch promise {
                case .someLate where report.error == nil && report.took >= 0.2: hit = report
                case .someLost where report.error != nil: hit = report
                default: break
                }
            }
            let found = try #require(hit, "\(client.title): no loss was seen")
            #expect(clean, "\(client.title): none was spared")
            return found.error.map { ("some: \($0)", "\(client.patience.all) s") }
                ?? ("its answer", "some 0.2 s later or more")
        }
    }
}

extension KernelTests.RealClientTests.Promise {
    var isICMP: Bool {
        switch self {
        case .rejected, .unreachable: true
        default: false
        }
    }

    var fails: Bool {
        switch self {
        case .refused, .rejected, .reset, .unreachable, .noConnection, .noAnswer: true
        default: false
        }
    }
}
