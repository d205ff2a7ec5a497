import Testing
import Wire

@testable import Lab

/// Zones of a few records each, and what they say.
struct ZoneTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var name: String
        var type: DNS.RecordType
        /// Owner and type of each record found, or the kind of nothing.
        var says: String

        var testDescription: String { id }
    }

    static let cases = [
        Case(id: "an address", name: "host.test", type: .a, says: "host.test. A"),
        Case(id: "any case of letters", name: "HOST.Test", type: .a, says: "HOST.Test. A"),
        Case(id: "another type", name: "host.test", type: .aaaa, says: "no data"),
        Case(id: "all types", name: "host.test", type: .any, says: "host.test. A, host.test. TXT"),
        Case(id: "the apex", name: "test", type: .soa, says: "test. SOA"),
        Case(id: "an alias", name: "www.test", type: .a, says: "www.test. -> host.test."),
        Case(id: "an alias by its type", name: "www.test", type: .cname, says: "www.test. CNAME"),
        Case(id: "an alias for any type", name: "www.test", type: .any, says: "www.test. CNAME"),
        Case(id: "no such name", name: "nope.test", type: .a, says: "no name"),
        Case(id: "below a name", name: "below.host.test", type: .a, says: "no name"),
        Case(id: "only names below it", name: "deep.test", type: .a, says: "no data"),
        Case(id: "a wildcard", name: "x.wild.test", type: .a, says: "x.wild.test. A"),
        Case(
            id: "a wildcard, two labels", name: "x.y.wild.test", type: .a, says: "x.y.wild.test. A"),
        Case(id: "a wildcard, another type", name: "x.wild.test", type: .txt, says: "no data"),
        Case(id: "the wildcard itself", name: "*.wild.test", type: .a, says: "*.wild.test. A"),
        Case(id: "the wildcard's parent", name: "wild.test", type: .a, says: "no data"),
        Case(
            id: "a name beside the wildcard", name: "known.wild.test", type: .a,
            says: "no data"),
        Case(
            id: "a name that exists ends the wildcard", name: "x.known.wild.test", type: .a,
            says: "no name"),
        Case(
            id: "an alias by wildcard", name: "x.far.test", type: .a,
            says: "x.far.test. -> host.test."),
    ]

    @Test(arguments: cases)
    func lookup(_ expected: Case) throws {
        let name = try #require(DNS.Name(expected.name))
        let says =
            switch try Self.zone().lookup(name, expected.type) {
            case .records(let records):
                records.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
            case .alias(let link, let target): "\(link.name) -> \(target)"
            case .noData: "no data"
            case .noName: "no name"
            }
        #expect(says == expected.says)
    }

    @Test func negativeTTLIsTheSmallerOfTwo() throws {
        var draft = ZoneDraft("test", minimum: 5)
        draft.addresses("host", ttl: 60, ["192.0.2.1"])
        #expect(try draft.zone().negativeSOA.ttl == 5)
        #expect(try ZoneDraft("test", minimum: 3600).zone().negativeSOA.ttl == 60)
    }

    private static func zone() throws -> Zone {
        var draft = ZoneDraft("test")
        draft.addresses("host", ttl: 60, ["192.0.2.1"])
        draft.text("host", ttl: 60, ["a host"])
        draft.alias("www", ttl: 60, to: "host")
        draft.addresses("under.deep", ttl: 60, ["192.0.2.2"])
        draft.addresses("*.wild", ttl: 60, ["192.0.2.3"])
        draft.text("known.wild", ttl: 60, ["not wild"])
        draft.alias("*.far", ttl: 60, to: "host")
        return try draft.zone()
    }
}

/// Drafts that are not zones.
struct ZoneErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var error: ZoneError
        var draft: @Sendable () -> ZoneDraft

        var testDescription: String { id }

        init(
            _ id: String, _ record: String, _ problem: ZoneError.Problem, apex: String = "test",
            _ write: @escaping @Sendable (inout ZoneDraft) -> Void = { _ in }
        ) {
            self.id = id
            error = ZoneError(record: record, problem: problem)
            draft = {
                var draft = ZoneDraft(apex)
                write(&draft)
                return draft
            }
        }
    }

    static let cases = [
        Case("an apex", "a..b", .unreadable, apex: "a..b"),
        Case("a name", "a..b", .unreadable) { $0.addresses("a..b", ttl: 1, ["192.0.2.1"]) },
        Case("an address", "192.0.2.256", .unreadable) {
            $0.addresses("a", ttl: 1, ["192.0.2.256"])
        },
        Case("a hint", "nowhere", .unreadable) { $0.https("a", ttl: 1, hints: ["nowhere"]) },
        Case("the first error counts", "x..", .unreadable) {
            $0.alias("a", ttl: 1, to: "x..")
            $0.alias("b", ttl: 1, to: "y..")
        },
        Case("outside", "a.other. A", .outsideZone) {
            $0.addresses("a.other.", ttl: 1, ["192.0.2.1"])
        },
        Case("an alias beside an address", "a.test. CNAME", .aliasWithOtherData) {
            $0.addresses("a", ttl: 1, ["192.0.2.1"])
            $0.alias("a", ttl: 1, to: "b")
        },
        Case("an address beside an alias", "a.test. A", .aliasWithOtherData) {
            $0.alias("a", ttl: 1, to: "b")
            $0.addresses("a", ttl: 1, ["192.0.2.1"])
        },
        Case("two aliases", "a.test. CNAME", .aliasWithOtherData) {
            $0.alias("a", ttl: 1, to: "b")
            $0.alias("a", ttl: 1, to: "c")
        },
        Case("a DNAME", "a.test. DNAME", .unsupportedType) { $0.add("a", ttl: 1, .dname(.root)) },
        Case("a pseudo-record", "a.test. OPT", .unsupportedType) {
            $0.add("a", ttl: 1, .opaque(.opt, []))
        },
        Case("a second SOA", "test. SOA", .repeatedSOA) {
            $0.add("@", ttl: 1, .soa(DNS.StartOfAuthority(primary: .root, mailbox: .root)))
        },
        Case("an SOA below the apex", "a.test. SOA", .outsideZone) {
            $0.add("a", ttl: 1, .soa(DNS.StartOfAuthority(primary: .root, mailbox: .root)))
        },
    ]

    @Test(arguments: cases)
    func refused(_ expected: Case) {
        #expect(throws: expected.error) { try expected.draft().zone() }
    }

    @Test func withoutSOA() throws {
        let apex = try #require(DNS.Name("test"))
        #expect(throws: ZoneError(record: "test. SOA", problem: .missingSOA)) {
            try Zone(apex: apex, records: [ZoneRecord(apex, ttl: 1, .a(1))])
        }
    }

    @Test func sameApexTwice() {
        #expect(throws: ZoneError(record: "TEST. SOA", problem: .repeatedZone)) {
            try ZoneSet([ZoneDraft("test").zone(), ZoneDraft("TEST").zone()])
        }
    }
}
