import Glibc
import Testing

@testable import Netfilter

@Suite struct NetlinkErrorTests {
    @Test(
        arguments: [
            ("begin batch", EPERM, .notPermitted),
            ("create table inet brownout", EPERM, .ownedByAnother),
            ("create table inet brownout", EEXIST, .ownedByAnother),
            ("create table inet brownout", EBUSY, .ownedByAnother),
            ("add element to set armed", ENOENT, .other),
            ("add element to set armed", EPERM, .notPermitted),
        ] as [(String, Int32, NetlinkError.Reason)])
    func reasons(_ row: (call: String, errno: Int32, reason: NetlinkError.Reason)) {
        let error = OwnerTable.explain(NetlinkError(call: row.call, errno: row.errno))
        #expect(error.reason == row.reason)
    }

    @Test(
        arguments: [
            ("begin batch", EOPNOTSUPP, "nf_tables"),
            ("create table inet brownout", EOPNOTSUPP, "owner"),
            ("add rule to chain streams", ENOENT, "CONFIG_NFT_QUEUE"),
            ("add rule to chain datagrams", ENOENT, "CONFIG_NETFILTER_XT_MATCH_STRING"),
            ("add set armed", EOPNOTSUPP, "timeouts"),
        ] as [(String, Int32, String)])
    func unsupported(_ row: (call: String, errno: Int32, what: String)) {
        let error = OwnerTable.explain(NetlinkError(call: row.call, errno: row.errno))
        guard case .unsupported(let what) = error.reason else {
            Issue.record("\(error)")
            return
        }
        #expect(what.contains(row.what))
        #expect(error.description.contains("this kernel lacks"))
    }

    @Test func descriptionsAreOneLine() {
        let error = NetlinkError(call: "bind queue 7", errno: EBUSY, reason: .ownedByAnother)
        #expect(
            error.description
                == "bind queue 7: Device or resource busy (errno \(EBUSY)); another brownoutd (or another program) owns it in this network namespace"
        )
    }
}
