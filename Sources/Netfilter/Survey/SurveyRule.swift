/// The name of a chain or a set, which is unique in its table.
struct SurveyName: Hashable, Sendable {
    /// NFPROTO_…
    var family: UInt8
    var table: String
    var name: String

    func sibling(_ name: String) -> SurveyName {
        SurveyName(family: family, table: table, name: name)
    }
}

/// A base chain: where the kernel enters a table.
struct SurveyChain: Equatable, Sendable {
    var name: SurveyName
    /// NF_INET_… or, in family netdev, NF_NETDEV_…
    var hook: UInt32
    var priority: Int32
    /// `filter`, `nat` or `route`.
    var type: String
    var dropsByPolicy: Bool
}

struct SurveyRule: Equatable, Sendable {
    var handle: UInt64
    var terms: [RuleTerm]
}

/// One expression of a rule, as far as the survey has to understand it. Registers are octets 0..<64 of one block.
enum RuleTerm: Equatable, Sendable {
    /// A field of the packet into registers.
    case load(SurveyField, at: Int, length: Int)
    /// Octets into registers.
    case constant([UInt8], at: Int)
    /// `(registers & mask) ^ xor`.
    case mask(from: Int, to: Int, mask: [UInt8], xor: [UInt8])
    /// Something that we do not follow into some register.
    case spoil
    case compare(at: Int, Comparison, [UInt8])
    case range(at: Int, inverted: Bool, from: [UInt8], to: [UInt8])
    /// Is what the registers hold in a set; in a verdict map, what it says then.
    case lookup(at: Int, set: String, inverted: Bool, gives: Gives)
    /// Ports of a compat match (`udp`, `tcp`, `multiport`).
    case ports(CompatPorts)
    /// Compat matches `state` and `conntrack`: one of these bits.
    case connectionState(mask: UInt32, inverted: Bool)
    /// May be true or not: limits, and compat matches that look at something else.
    case condition
    /// May be true or not, and we cannot tell what it is.
    case unread
    /// Counters, logs, marks: nothing that decides.
    case statement
    case verdict(RuleVerdict)
    /// Decides, or changes what others see later.
    case act(RuleAction)

    /// NFT_CMP_EQ and the others, in the kernel's order.
    enum Comparison: UInt32, Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }
    enum Gives: Equatable, Sendable { case nothing, data, verdict }
}

enum RuleVerdict: Equatable, Sendable {
    case accept, drop, goOn, goBack
    case jump(String)
    case goto(String)
    case queue(UInt16)
}

enum RuleAction: Equatable, Sendable {
    case reject, intercept, untrack, offload, divert
    /// The first queue; nil if it is computed.
    case queue(UInt16?)
    /// The new port; nil: it stays, or is computed.
    case translate(RulePort)
    case redirect(RulePort)
}

/// Where a rule has the new port from.
enum RulePort: Equatable, Sendable {
    case none
    /// In registers.
    case at(Int)
    case number(UInt16)
}

/// What a rule can read of a packet.
enum SurveyField: Equatable, Sendable {
    /// `meta l4proto`, `meta nfproto`, `meta protocol` (EtherType), `ct state`.
    case transport, family, etherType, connectionState
    /// Octets of the header of IP, or of UDP and TCP, from an offset on.
    case network(UInt32)
    case ports(UInt32)
    /// Anything that differs from answer to answer.
    case other
}

/// The elements of a set.
struct SurveySet: Equatable, Sendable {
    /// An interval set: an element starts an interval that the next one ends, unless it has a `keyEnd`.
    var isInterval: Bool
    var elements: [Element]

    struct Element: Equatable, Sendable {
        var key: [UInt8]
        /// Last key of the interval, field by field, 4 octets each (a concatenation).
        var keyEnd: [UInt8]?
        /// NFT_SET_ELEM_INTERVAL_END: the key is the first one after an interval.
        var endsInterval = false
        /// NFT_SET_ELEM_CATCHALL: what no other element matches.
        var catchesAll = false
        var verdict: RuleVerdict?
    }
}

/// Where a survey gets its rules from: the kernel, or a test's own.
protocol SurveySource: ~Copyable {
    mutating func baseChains() throws(NetlinkError) -> [SurveyChain]
    /// In order. May give fewer than there are once `cut` says why.
    mutating func rules(of chain: SurveyName) throws(NetlinkError) -> [SurveyRule]
    /// nil if it is too large or cannot be read.
    mutating func set(_ name: SurveyName) throws(NetlinkError) -> SurveySet?
    /// Why the source gives no more.
    var cut: String? { get }
}
