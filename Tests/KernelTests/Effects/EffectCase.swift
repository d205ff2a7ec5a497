import Testing

/// One effect on one name: what is armed, what is asked, and what must come.
struct EffectCase: Sendable, CustomTestStringConvertible {
    var id: String
    /// The value of `dns:` in a fault file.
    var dns: String
    /// Asked in this case, which the answer must keep.
    var name = "AliAS.eXaMple.TEST"
    var type = RType.a
    var more: [String] = []
    /// Over TCP the real answer is hardly longer than what replaces it, so that the extended error
    /// or the SOA may be cut short.
    var isTightOverTCP = false
    /// Authority and additional section stay.
    var keepsSections = false
    /// Where the effect does nothing, the bytes must be those of the server.
    var acts = Where.everywhere
    /// What is special about the effect; `Expected` has what all rewritten answers share.
    var check: @Sendable (Expected) -> Void

    enum Where: Sendable {
        case everywhere, nowhere, overUDP
    }

    var testDescription: String { id }

    func acts(over road: Road) -> Bool {
        switch acts {
        case .everywhere: true
        case .nowhere: false
        case .overUDP: !road.isTCP
        }
    }

    /// The answers before and after arming, and the way they came.
    struct Expected: Sendable {
        var before: Message
        var after: Message
        var road: Road
        /// See `EffectCase.isTightOverTCP`; without EDNS the answer is the shorter still.
        var isTight: Bool

        var chain: [Message.Record] {
            before.answers.filter { $0.type == RType.cname || $0.type == RType.dname }
        }

        /// One SOA of that owner, with its TTL and MINIMUM, and nothing else.
        func expectSOA(owner: String, ttl: UInt32) {
            #expect(after.authority.map(\.type) == [RType.soa])
            guard let soa = after.authority.first else { return }
            #expect(soa.owner == owner)
            #expect(soa.rrClass == 1)
            #expect(soa.ttl == ttl)
            let fields = soa.data.split(separator: " ")
            // Without room for more both names are the root.
            let names = fields.prefix(2)
            #expect(
                names.allSatisfy { $0.hasSuffix("brownout.invalid") }
                    || (isTight && names == [".", "."]), "\(soa.data)")
            #expect(fields.last == "\(ttl)")
        }

        func expectEmptySections(code: UInt8) {
            #expect(after.code == code)
            #expect(after.answers.isEmpty)
            #expect(after.authority.isEmpty)
        }
    }

    static let rewriting: [EffectCase] = [
        EffectCase(id: "empty", dns: "empty") {
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers == $0.chain)
            #expect($0.chain.count == 2)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
        EffectCase(id: "empty, ttl 5s", dns: "{empty: {ttl: 5s}}") {
            #expect($0.after.answers == $0.chain)
            $0.expectSOA(owner: "example.test", ttl: 5)
        },
        EffectCase(id: "empty, ttl 0s", dns: "{empty: {ttl: 0s}}") {
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers == $0.chain)
            #expect($0.after.authority.isEmpty)
        },
        EffectCase(id: "empty, zone", dns: "{empty: {zone: test}}") {
            $0.expectSOA(owner: "test", ttl: 60)
        },
        EffectCase(id: "empty, AAAA", dns: "empty", type: RType.aaaa) {
            #expect($0.after.answers == $0.chain)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
        EffectCase(id: "empty, DNAME", dns: "empty", name: "host.tree.example.test") {
            #expect($0.chain.map(\.type) == [RType.dname, RType.cname])
            #expect($0.after.answers == $0.chain)
            $0.expectSOA(owner: "other.example.test", ttl: 60)
        },
        EffectCase(
            id: "empty, HTTPS", dns: "empty", name: "svc.example.test", type: RType.https
        ) {
            #expect($0.before.answers.count == 1)
            #expect($0.after.answers.isEmpty)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
        EffectCase(
            id: "empty, a name that does not exist", dns: "empty", name: "no.example.test",
            isTightOverTCP: true
        ) {
            #expect($0.before.code == RCode.nxDomain)
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers.isEmpty)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
        EffectCase(
            id: "empty, the incident", dns: "empty",
            name: "dynamodb.us-east-1.amazonaws.com", isTightOverTCP: true
        ) {
            #expect($0.after.answers.map(\.data) == ["prod.ddb.us-east-1.amazonaws.com"])
            $0.expectSOA(owner: "ddb.us-east-1.amazonaws.com", ttl: 60)
        },
        EffectCase(id: "nxdomain", dns: "nxdomain") {
            #expect($0.after.code == RCode.nxDomain)
            #expect($0.after.answers.isEmpty)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
        EffectCase(id: "nxdomain, ttl 0s", dns: "{nxdomain: {ttl: 0s}}") {
            $0.expectEmptySections(code: RCode.nxDomain)
        },
        EffectCase(id: "nxdomain, zone and ttl", dns: "{nxdomain: {ttl: 7s, zone: a.test}}") {
            #expect($0.after.code == RCode.nxDomain)
            $0.expectSOA(owner: "a.test", ttl: 7)
        },
        EffectCase(id: "servfail", dns: "servfail") {
            $0.expectEmptySections(code: RCode.servFail)
        },
        EffectCase(id: "refused", dns: "refused") {
            $0.expectEmptySections(code: RCode.refused)
        },
        EffectCase(id: "rcode by name", dns: "{rcode: NOTIMP}") {
            $0.expectEmptySections(code: RCode.notImp)
        },
        EffectCase(id: "rcode by number", dns: "{rcode: {code: 9}}") {
            $0.expectEmptySections(code: 9)
        },
        EffectCase(id: "partial", dns: "{partial: 2}") {
            #expect($0.before.addresses.count == 6)
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers.filter { $0.type == RType.cname } == $0.chain)
            #expect($0.after.addresses.count == 2)
            #expect($0.after.addresses.isSubset(of: $0.before.addresses))
        },
        EffectCase(id: "partial, AAAA", dns: "{partial: {keep: 1}}", type: RType.aaaa) {
            #expect($0.before.addresses.count == 3)
            #expect($0.after.addresses.count == 1)
            #expect($0.after.addresses.isSubset(of: $0.before.addresses))
        },
        EffectCase(
            id: "partial, no more than keep", dns: "{partial: 6}", acts: .nowhere
        ) { _ in },
        EffectCase(id: "stale, addresses", dns: "{stale: [192.0.2.10, '2001:db8::10']}") {
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers.filter { $0.type == RType.cname } == $0.chain)
            #expect($0.after.addresses == ["192.0.2.10"])
            #expect($0.after.answers.last?.owner == "many.example.test")
            #expect($0.after.answers.last?.ttl == 300)
        },
        EffectCase(id: "redirect", dns: "{redirect: [10.0.0.9, 10.0.0.10]}") {
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers.filter { $0.type == RType.cname } == $0.chain)
            #expect($0.after.data(RType.a) == ["10.0.0.9", "10.0.0.10"])
        },
        EffectCase(id: "redirect, AAAA", dns: "{redirect: '2001:db8::9'}", type: RType.aaaa) {
            #expect($0.after.addresses == ["2001:db8:0:0:0:0:0:9"])
        },
        EffectCase(
            id: "redirect, no address of the family", dns: "{redirect: 10.0.0.9}",
            type: RType.aaaa
        ) {
            #expect($0.after.code == RCode.noError)
            #expect($0.after.answers == $0.chain)
        },
        EffectCase(
            id: "redirect, HTTPS hints", dns: "{redirect: 10.0.0.9}",
            name: "svc.example.test", type: RType.https
        ) {
            // Priority, target and alpn stay; keys 4 and 6 are the hints (RFC 9460).
            let before = $0.before.answers.first?.octets ?? []
            #expect($0.after.answers.map(\.octets) == [Array(before.prefix(10))])
            #expect(before.count > 10)
        },
        EffectCase(
            id: "ttl 0s", dns: "{ttl: 0s}", isTightOverTCP: true, keepsSections: true
        ) {
            #expect($0.after.answers.allSatisfy { $0.ttl == 0 })
            #expect($0.after.answers.map(\.data) == $0.before.answers.map(\.data))
        },
        EffectCase(
            id: "ttl 2d", dns: "{ttl: 2d}", isTightOverTCP: true, keepsSections: true
        ) {
            #expect($0.after.answers.allSatisfy { $0.ttl == 172_800 })
            #expect($0.after.answers.map(\.data) == $0.before.answers.map(\.data))
        },
        EffectCase(id: "truncate", dns: "truncate", acts: .overUDP) {
            $0.expectEmptySections(code: RCode.noError)
            #expect($0.after.truncated)
        },
        EffectCase(id: "unmarked", dns: "empty", more: ["mark: false"]) {
            #expect($0.after.extendedError == nil)
            $0.expectSOA(owner: "example.test", ttl: 60)
        },
    ]
}
