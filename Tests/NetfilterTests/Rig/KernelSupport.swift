import Glibc

@testable import Netfilter

/// What the kernel takes of that which Brownout uses, found out by trying: each in a transaction
/// that removes it again, so that nothing is ever seen of it.
struct KernelSupport: Equatable, Sendable {
    enum Feature: String, CaseIterable, Sendable {
        /// A table with an owner (NFT_TABLE_F_OWNER, Linux 5.12). Without it there is no agent.
        case ownerTable = "owner table"
        /// Sets whose elements time out. Without them there is no agent.
        case setTimeouts = "set timeouts"
        /// The expression `queue` (CONFIG_NFT_QUEUE).
        case nativeQueue = "queue expression"
        /// The compat target `NFQUEUE`. One of the two is needed.
        case compatQueue = "NFQUEUE target"
        /// The compat match `string`. Without it there is no prefilter by label.
        case stringMatch = "string match"
    }

    /// The kernel's answer to each: 0 if it took it, else an errno.
    var answers: [Feature: Int32]

    func has(_ feature: Feature) -> Bool { answers[feature] == 0 }

    /// An agent can work on this kernel.
    var suffices: Bool {
        has(.ownerTable) && has(.setTimeouts) && (has(.nativeQueue) || has(.compatQueue))
    }

    /// Tries all features in the network namespace of the calling thread. Throws `.notPermitted`
    /// without CAP_NET_ADMIN, and what goes wrong with the socket itself.
    static func probe() throws(NetlinkError) -> KernelSupport {
        let socket = try NetlinkSocket()
        var answers: [Feature: Int32] = [:]
        var sequence: UInt32 = 1
        for feature in Feature.allCases {
            var batch = Batch(sequence: sequence)
            sequence = batch.nextSequence
            add(feature, to: &batch)
            do {
                try batch.send(over: socket)
                answers[feature] = 0
            } catch {
                guard error.errno != EPERM else { throw OwnerTable.explain(error) }
                guard error.reason != .noReply else { throw error }
                answers[feature] = error.errno
            }
        }
        return KernelSupport(answers: answers)
    }

    private static func add(_ feature: Feature, to batch: inout Batch) {
        let table = "brownout-probe"
        batch.createTable(table, owned: feature == .ownerTable)
        switch feature {
        case .ownerTable: break
        case .setTimeouts:
            batch.createSet(table, "probe", of: .port, timeout: true)
            batch.addElements(table, "probe", [(key: [0, 53], timeout: .seconds(1))])
        case .nativeQueue: batch.createRule(table, [.queue(0, .native)])
        case .compatQueue: batch.createRule(table, [.queue(0, .compat)])
        case .stringMatch: batch.createRule(table, [.string(pattern: [1, 97], from: 40)])
        }
        batch.deleteTable(table)
    }
}

extension Batch {
    fileprivate mutating func createRule(_ table: String, _ expressions: [Expression]) {
        createChain(table, "probe")
        addRule(table, "probe", expressions)
    }
}
