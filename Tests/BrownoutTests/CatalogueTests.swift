import Control
import FaultKinds
import Spec
import Testing

@testable import brownout

@Suite struct CatalogueTests {
    private func fault() throws -> Fault {
        try Fault(
            Node.load(
                yaml: """
                    title: One region
                    names: ["*.us-east-1.amazonaws.com", sts.amazonaws.com]
                    except: logs.us-east-1.amazonaws.com
                    dns: [{delay: 300ms}, empty]
                    for: 5m
                    """, file: "f"))
    }

    @Test func matchTable() throws {
        let rows = try [
            "sqs.US-east-1.amazonaws.com", "sts.amazonaws.com.", "logs.us-east-1.amazonaws.com",
            "sqs.eu-west-1.amazonaws.com",
        ].map { try MatchRow($0, fault: fault()) }
        #expect(
            MatchRow.table(rows) == """
                NAME                          HIT  PATTERN
                sqs.US-east-1.amazonaws.com   yes  *.us-east-1.amazonaws.com
                sts.amazonaws.com.            yes  sts.amazonaws.com
                logs.us-east-1.amazonaws.com  no   spared by logs.us-east-1.amazonaws.com
                sqs.eu-west-1.amazonaws.com   no   -

                """)
        #expect(
            try ControlJSON.text(Array(rows[1...2])) == """
                [{"hit":true,"name":"sts.amazonaws.com.","pattern":"sts.amazonaws.com"},\
                {"hit":false,"name":"logs.us-east-1.amazonaws.com","pattern":null}]
                """)
    }

    @Test func matchRefusesWhatIsNoName() throws {
        let fault = try fault()
        #expect(throws: ClientError.self) { try MatchRow("a..b", fault: fault) }
    }

    @Test func listTable() throws {
        #expect(
            CatalogueRow.table([CatalogueRow(name: "one-region", try fault())]) == """
                NAME        FOR  TITLE
                one-region  5m   One region

                """)
    }

    @Test(arguments: FaultCatalogue.all.map(\.name))
    func everyEntryLoads(name: String) throws {
        let source = try FaultSource(name)
        let fault = try Fault(source.node)
        #expect(fault.title != nil && fault.lease != nil)
    }

    @Test func unknownNamesAreGuessed() {
        #expect(throws: ClientError.unknownFault("no-st", similar: "no-sts")) {
            try FaultSource("no-st")
        }
        #expect(throws: ClientError.unreadable(file: "./x.yaml", problem: "there is no such file"))
        {
            try FaultSource("./x.yaml")
        }
        #expect(throws: ClientError.self) { try FaultSource("/") }
    }
}
