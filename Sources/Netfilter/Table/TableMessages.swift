internal import CNetfilter
internal import Glibc

/// The messages of which our batches are made; each quotes the `nft` command that it stands for.
extension Batch {
    /// `create table inet NAME { flags owner; }`
    mutating func createTable(_ name: String, owned: Bool) {
        unsafe add(
            "create table inet \(name)", type: NFT_MSG_NEWTABLE, flags: NLM_F_CREATE | NLM_F_EXCL
        ) {
            header in
            guard let table = unsafe nftnl_table_alloc() else { return false }
            defer { unsafe nftnl_table_free(table) }
            unsafe nftnl_table_set_str(table, UInt16(NFTNL_TABLE_NAME.rawValue), name)
            if owned {
                unsafe nftnl_table_set_u32(
                    table, UInt16(NFTNL_TABLE_FLAGS.rawValue), UInt32(NFT_TABLE_F_OWNER.rawValue))
            }
            unsafe nftnl_table_nlmsg_build_payload(header, table)
            return true
        }
    }

    /// `delete table inet NAME`
    mutating func deleteTable(_ name: String) {
        unsafe add("delete table inet \(name)", type: NFT_MSG_DELTABLE) { header in
            guard let table = unsafe nftnl_table_alloc() else { return false }
            defer { unsafe nftnl_table_free(table) }
            unsafe nftnl_table_set_str(table, UInt16(NFTNL_TABLE_NAME.rawValue), name)
            unsafe nftnl_table_nlmsg_build_payload(header, table)
            return true
        }
    }

    /// `add chain inet TABLE CHAIN { type filter hook HOOK priority mangle; policy accept; }`,
    /// without a hook `add chain inet TABLE CHAIN`.
    ///
    /// - Parameter behind: How far behind that priority.
    mutating func createChain(
        _ table: String, _ name: String, hook: UInt32? = nil, behind: Int32 = 0
    ) {
        unsafe add("add chain \(name)", type: NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) { header in
            guard let chain = unsafe nftnl_chain_alloc() else { return false }
            defer { unsafe nftnl_chain_free(chain) }
            unsafe nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_TABLE.rawValue), table)
            unsafe nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
            if let hook {
                unsafe nftnl_chain_set_u32(chain, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), hook)
                // NF_IP_PRI_MANGLE of <linux/netfilter_ipv4.h>.
                unsafe nftnl_chain_set_s32(chain, UInt16(NFTNL_CHAIN_PRIO.rawValue), -150 + behind)
                unsafe nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_TYPE.rawValue), "filter")
                unsafe nftnl_chain_set_u32(
                    chain, UInt16(NFTNL_CHAIN_POLICY.rawValue), UInt32(bitPattern: NF_ACCEPT))
            }
            unsafe nftnl_chain_nlmsg_build_payload(header, chain)
            return true
        }
    }

    /// `flush chain inet TABLE CHAIN`
    mutating func flushRules(_ table: String, _ chain: String) {
        unsafe add("flush chain \(chain)", type: NFT_MSG_DELRULE) { header in
            guard let rule = unsafe nftnl_rule_alloc() else { return false }
            defer { unsafe nftnl_rule_free(rule) }
            unsafe nftnl_rule_set_u32(
                rule, UInt16(NFTNL_RULE_FAMILY.rawValue), UInt32(NFPROTO_INET))
            unsafe nftnl_rule_set_str(rule, UInt16(NFTNL_RULE_TABLE.rawValue), table)
            unsafe nftnl_rule_set_str(rule, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
            unsafe nftnl_rule_nlmsg_build_payload(header, rule)
            return true
        }
    }

    /// `delete chain inet TABLE CHAIN`
    mutating func deleteChain(_ table: String, _ name: String) {
        unsafe add("delete chain \(name)", type: NFT_MSG_DELCHAIN) { header in
            guard let chain = unsafe nftnl_chain_alloc() else { return false }
            defer { unsafe nftnl_chain_free(chain) }
            unsafe nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_TABLE.rawValue), table)
            unsafe nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
            unsafe nftnl_chain_nlmsg_build_payload(header, chain)
            return true
        }
    }

    /// `add rule inet TABLE CHAIN … comment "COMMENT"`
    mutating func addRule(
        _ table: String, _ chain: String, _ expressions: [Expression], comment: String? = nil
    ) {
        unsafe add(
            "add rule to chain \(chain)", type: NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND
        ) { header in
            guard let rule = unsafe nftnl_rule_alloc() else { return false }
            defer { unsafe nftnl_rule_free(rule) }
            unsafe nftnl_rule_set_u32(
                rule, UInt16(NFTNL_RULE_FAMILY.rawValue), UInt32(NFPROTO_INET))
            unsafe nftnl_rule_set_str(rule, UInt16(NFTNL_RULE_TABLE.rawValue), table)
            unsafe nftnl_rule_set_str(rule, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
            for expression in expressions {
                guard let expression = unsafe expression.allocate() else { return false }
                unsafe nftnl_rule_add_expr(rule, expression)
            }
            if let comment {
                guard let room = unsafe nftnl_udata_buf_alloc(UInt32(NFT_USERDATA_MAXLEN))
                else { return false }
                defer { unsafe nftnl_udata_buf_free(room) }
                // A comment that is too long for the kernel is left out.
                unsafe nftnl_udata_put_strz(room, UInt8(NFTNL_UDATA_RULE_COMMENT.rawValue), comment)
                unsafe nftnl_rule_set_data(
                    rule, UInt16(NFTNL_RULE_USERDATA.rawValue), nftnl_udata_buf_data(room),
                    nftnl_udata_buf_len(room))
            }
            unsafe nftnl_rule_nlmsg_build_payload(header, rule)
            return true
        }
    }

    /// `add set inet TABLE NAME { type TYPE; flags timeout; }`
    mutating func createSet(_ table: String, _ name: String, of type: SetKey, timeout: Bool) {
        unsafe add("add set \(name)", type: NFT_MSG_NEWSET, flags: NLM_F_CREATE) { header in
            guard let set = unsafe nftnl_set_alloc() else { return false }
            defer { unsafe nftnl_set_free(set) }
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_TABLE.rawValue), table)
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_NAME.rawValue), name)
            unsafe nftnl_set_set_u32(set, UInt16(NFTNL_SET_FAMILY.rawValue), UInt32(NFPROTO_INET))
            unsafe nftnl_set_set_u32(
                set, UInt16(NFTNL_SET_FLAGS.rawValue),
                timeout ? UInt32(NFT_SET_TIMEOUT.rawValue) : 0)
            unsafe nftnl_set_set_u32(set, UInt16(NFTNL_SET_KEY_TYPE.rawValue), type.number)
            unsafe nftnl_set_set_u32(set, UInt16(NFTNL_SET_KEY_LEN.rawValue), type.length)
            // The kernel wants some number; names are what our rules refer to.
            unsafe nftnl_set_set_u32(set, UInt16(NFTNL_SET_ID.rawValue), 1)
            unsafe nftnl_set_nlmsg_build_payload(header, set)
            return true
        }
    }

    /// `delete set inet TABLE NAME`
    mutating func deleteSet(_ table: String, _ name: String) {
        unsafe add("delete set \(name)", type: NFT_MSG_DELSET) { header in
            guard let set = unsafe nftnl_set_alloc() else { return false }
            defer { unsafe nftnl_set_free(set) }
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_TABLE.rawValue), table)
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_NAME.rawValue), name)
            unsafe nftnl_set_nlmsg_build_payload(header, set)
            return true
        }
    }

    /// `add element inet TABLE SET { KEY timeout T, … }`; without a time, for as long as the set is
    /// there
    mutating func addElements(
        _ table: String, _ set: String, _ elements: [(key: [UInt8], timeout: Duration?)]
    ) {
        changeElements(
            "add element to set \(set)", type: NFT_MSG_NEWSETELEM, flags: NLM_F_CREATE, table, set,
            elements.map { ($0.key, $0.timeout?.kernelMilliseconds) })
    }

    /// `delete element inet TABLE SET { KEY, … }`; without keys `flush set inet TABLE SET`.
    mutating func deleteElements(_ table: String, _ set: String, _ keys: [[UInt8]]) {
        changeElements(
            "delete element of set \(set)", type: NFT_MSG_DELSETELEM, flags: 0, table, set,
            keys.map { ($0, nil) })
    }

    /// Puts an element in with a new time, or takes it out (nil), whether it is there, has just expired, or
    /// is not. No packet finds it missing in between.
    mutating func replaceElement(
        _ table: String, _ set: String, _ key: [UInt8], timeout: Duration?
    ) {
        // Before Linux 6.12 adding one that is there leaves its old time, and taking out one that is not
        // there is an error: so add it, take it out, and then add it with its time.
        addElements(table, set, [(key: key, timeout: timeout ?? .seconds(1))])
        deleteElements(table, set, [key])
        if let timeout { addElements(table, set, [(key: key, timeout: timeout)]) }
    }

    private mutating func changeElements(
        _ call: String, type: nf_tables_msg_types, flags: Int32, _ table: String, _ name: String,
        _ elements: [(key: [UInt8], milliseconds: UInt64?)]
    ) {
        unsafe add(call, type: type, flags: flags) { header in
            guard let set = unsafe nftnl_set_alloc() else { return false }
            defer { unsafe nftnl_set_free(set) }
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_TABLE.rawValue), table)
            unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_NAME.rawValue), name)
            for (key, milliseconds) in elements {
                guard let element = unsafe nftnl_set_elem_alloc() else { return false }
                unsafe nftnl_set_elem_set(
                    element, UInt16(NFTNL_SET_ELEM_KEY), key, UInt32(key.count))
                if let milliseconds {
                    unsafe nftnl_set_elem_set_u64(
                        element, UInt16(NFTNL_SET_ELEM_TIMEOUT), milliseconds)
                }
                unsafe nftnl_set_elem_add(set, element)
            }
            unsafe nftnl_set_elems_nlmsg_build_payload(header, set)
            return true
        }
    }
}

/// What a set holds: the data types of `nft`, by which it prints the elements.
enum SetKey {
    case transportProtocol, port, v4, v6
    /// Two addresses and two ports.
    case endsV4, endsV6

    /// TYPE_INET_PROTOCOL, TYPE_INET_SERVICE, TYPE_IPADDR and TYPE_IP6ADDR of nftables' datatype.h.
    /// Of several the first is in the highest bits, 6 bits each (TYPE_BITS).
    var number: UInt32 {
        switch self {
        case .transportProtocol: 12
        case .port: 13
        case .v4: 7
        case .v6: 8
        case .endsV4: (7 << 6 | 7) << 12 | 13 << 6 | 13
        case .endsV6: (8 << 6 | 8) << 12 | 13 << 6 | 13
        }
    }

    var length: UInt32 {
        switch self {
        case .transportProtocol: 1
        case .port: 2
        case .v4: 4
        case .v6: 16
        // Each port has a register of 4 octets.
        case .endsV4: 16
        case .endsV6: 40
        }
    }
}

extension Duration {
    /// Milliseconds, rounded up, at least 1: the kernel takes 0 for "for ever".
    var kernelMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        // A day of 2^32 years is far enough; this keeps the product below from overflowing.
        let whole = UInt64(clamping: min(max(seconds, 0), 1 << 32)) * 1_000
        let part =
            UInt64(clamping: max(attoseconds, 0) + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, whole + part)
    }
}
