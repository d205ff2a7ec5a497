internal import CNetfilter
internal import Glibc

/// The rules of the calling thread's network namespace, read chain by chain over a socket of its own.
struct TableDump: SurveySource, ~Copyable {
    private let socket: NetlinkSocket
    private let isLate: () -> Bool
    private var sequence: UInt32 = 1
    private var left: Int
    private(set) var cut: String?

    /// A set with more elements is not looked into.
    static let mostElements = 4_096
    /// The kernel fills at most 32 KiB of it (netlink_dump).
    private static let bufferSize = 64 << 10
    /// The kernel gathers a part of a dump while we ask for it; near this is a fault.
    private static let patience: Int32 = 2_000

    /// - Parameters:
    ///   - mostRules: no more are read.
    ///   - isLate: asked between messages; true ends the reading.
    init(mostRules: Int, isLate: @escaping () -> Bool) throws(NetlinkError) {
        socket = try NetlinkSocket()
        left = mostRules
        self.isLate = isLate
    }

    mutating func baseChains() throws(NetlinkError) -> [SurveyChain] {
        var chains: [SurveyChain] = []
        try ask(NFT_MSG_GETCHAIN, "list chains", family: UInt8(NFPROTO_UNSPEC), []) {
            family, attributes in
            let hook = attributes.nested(NFTA_CHAIN_HOOK)
            if let number = hook.number(NFTA_HOOK_HOOKNUM),
                let priority = hook.number(NFTA_HOOK_PRIORITY),
                let table = attributes.text(NFTA_CHAIN_TABLE),
                let name = attributes.text(NFTA_CHAIN_NAME)
            {
                chains.append(
                    SurveyChain(
                        name: SurveyName(family: family, table: table, name: name),
                        hook: UInt32(truncatingIfNeeded: number),
                        priority: Int32(truncatingIfNeeded: priority),
                        type: attributes.text(NFTA_CHAIN_TYPE) ?? "",
                        dropsByPolicy: attributes.number(NFTA_CHAIN_POLICY) == UInt64(NF_DROP)))
            }
            return true
        }
        return chains
    }

    mutating func rules(of chain: SurveyName) throws(NetlinkError) -> [SurveyRule] {
        var rules: [SurveyRule] = []
        var left = left
        try ask(
            NFT_MSG_GETRULE, "list chain \(chain.name)", family: chain.family,
            [(NFTA_RULE_TABLE.rawValue, chain.table), (NFTA_RULE_CHAIN.rawValue, chain.name)]
        ) { family, attributes in
            // Kernels before 4.12 do not look at what they are asked for.
            guard family == chain.family, attributes.text(NFTA_RULE_TABLE) == chain.table,
                attributes.text(NFTA_RULE_CHAIN) == chain.name
            else { return true }
            guard left > 0 else { return false }
            left -= 1
            rules.append(
                SurveyRule(
                    handle: attributes.number(NFTA_RULE_HANDLE) ?? 0,
                    terms: attributes.nested(NFTA_RULE_EXPRESSIONS).map {
                        RuleTerm(NetlinkAttributes($0.value))
                    }))
            return true
        }
        self.left = left
        return rules
    }

    mutating func set(_ name: SurveyName) throws(NetlinkError) -> SurveySet? {
        var flags: UInt64?
        try ask(
            NFT_MSG_GETSET, "list set \(name.name)", family: name.family,
            [(NFTA_SET_TABLE.rawValue, name.table), (NFTA_SET_NAME.rawValue, name.name)],
            forOne: true
        ) { _, attributes in
            flags = attributes.number(NFTA_SET_FLAGS) ?? 0
            return true
        }
        guard let flags else { return nil }
        var set = SurveySet(
            isInterval: flags & UInt64(NFT_SET_INTERVAL.rawValue) != 0, elements: [])
        var whole = true
        try ask(
            NFT_MSG_GETSETELEM, "list set \(name.name)", family: name.family,
            [
                (NFTA_SET_ELEM_LIST_TABLE.rawValue, name.table),
                (NFTA_SET_ELEM_LIST_SET.rawValue, name.name),
            ]
        ) { _, attributes in
            // The rest is read and dropped: leaving a dump means leaving the socket.
            for element in attributes.nested(NFTA_SET_ELEM_LIST_ELEMENTS)
            where whole {
                whole = set.add(NetlinkAttributes(element.value))
            }
            return true
        }
        return whole && cut == nil ? set : nil
    }

    /// Asks for all objects of a kind, or for one, and calls `each` with the family and the attributes of every one; false
    /// from it cuts the survey short. After a cut nothing more is asked.
    private mutating func ask(
        _ type: nf_tables_msg_types, _ call: String, family: UInt8, _ texts: [(UInt32, String)],
        forOne: Bool = false, _ each: (UInt8, NetlinkAttributes) -> Bool
    ) throws(NetlinkError) {
        guard cut == nil else { return }
        sequence &+= 1
        try send(
            type, call, flags: forOne ? NLM_F_ACK : NLM_F_DUMP, family: family, texts)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.bufferSize, alignment: 8)
        defer { unsafe buffer.deallocate() }
        while true {
            guard !isLate() else {
                cut = "reading the rules took too long"
                return
            }
            guard socket.waitReadable(milliseconds: Self.patience) else {
                throw NetlinkError(call: call, errno: ETIMEDOUT, reason: .noReply)
            }
            let count = unsafe socket.receive(into: buffer)
            guard count >= 0 else {
                if Glibc.errno == EINTR || Glibc.errno == EAGAIN { continue }
                throw .last(call)
            }
            let datagram = unsafe [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            for message in NetlinkMessages(datagram) where message.sequence == sequence {
                switch Int32(message.type) {
                case NLMSG_DONE, NLMSG_ERROR:
                    // struct nlmsgerr, and what ends a dump, start with a negative errno.
                    let code = message.errorCode
                    // Gone since it was listed.
                    guard code == 0 || code == ENOENT else {
                        throw NetlinkError(call: call, errno: code)
                    }
                    return
                case let type where type >> 8 == NFNL_SUBSYS_NFTABLES:
                    if message.isInterrupted { cut = "the tables changed while they were read" }
                    guard let body = message.body, each(body.family, body.attributes) else {
                        cut = cut ?? "there are more rules than one survey reads"
                        return
                    }
                default: break
                }
            }
        }
    }

    private func send(
        _ type: nf_tables_msg_types, _ call: String, flags: Int32, family: UInt8,
        _ texts: [(UInt32, String)]
    ) throws(NetlinkError) {
        // A header each, and names of at most 256 octets.
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 8)
        defer { unsafe room.deallocate() }
        guard let base = room.baseAddress,
            let header = unsafe nftnl_nlmsg_build_hdr(
                base.assumingMemoryBound(to: CChar.self), UInt16(type.rawValue), UInt16(family),
                UInt16(flags), sequence)
        else { return }
        for (attribute, text) in texts {
            guard unsafe mnl_attr_put_strz_check(header, room.count, UInt16(attribute), text)
            else { throw NetlinkError(call: call, errno: EMSGSIZE) }
        }
        let failure = unsafe socket.send(
            UnsafeRawBufferPointer(start: base, count: Int(header.pointee.nlmsg_len)))
        guard failure == 0 else { throw NetlinkError(call: call, errno: failure) }
    }
}

extension SurveySet {
    /// False if there are too many, or if it is none that we understand.
    fileprivate mutating func add(_ element: NetlinkAttributes) -> Bool {
        let flags = element.number(NFTA_SET_ELEM_FLAGS) ?? 0
        let catchesAll = flags & UInt64(NFT_SET_ELEM_CATCHALL.rawValue) != 0
        guard elements.count < TableDump.mostElements,
            let key = element.value(NFTA_SET_ELEM_KEY) ?? (catchesAll ? [] : nil)
        else { return false }
        elements.append(
            Element(
                key: key, keyEnd: element.value(NFTA_SET_ELEM_KEY_END),
                endsInterval: flags & UInt64(NFT_SET_ELEM_INTERVAL_END.rawValue) != 0,
                catchesAll: catchesAll,
                verdict: RuleVerdict(element.nested(NFTA_SET_ELEM_DATA))))
        return true
    }
}
