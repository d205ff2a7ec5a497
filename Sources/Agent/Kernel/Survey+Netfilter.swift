import Control
import Netfilter

extension Survey {
    init(_ survey: TableSurvey) {
        self.init(
            findings: survey.findings.map { SurveyFinding($0) }, chains: survey.chains,
            rules: survey.rules, unread: survey.unread, legacy: survey.legacy, cut: survey.cut)
    }
}

extension SurveyFinding {
    init(_ finding: TableSurvey.Finding) {
        let (place, packets) = (finding.place, finding.packets)
        let action = Self.action(finding.action)
        self.init(
            family: place.family, table: place.table, chain: place.chain, base: place.base,
            hook: place.hook, priority: place.priority, handle: place.handle, action: action.kind,
            queue: action.queue, port: action.port,
            packets: packets == .answers ? .answers : .queries,
            transports: Transport.allCases.filter { transport in
                finding.transports.contains { $0.rawValue == transport.rawValue }
            },
            families: Family.allCases.filter { family in
                finding.families.contains { $0.rawValue == family.rawValue }
            },
            certain: finding.certain, namesPort: finding.namesPort)
    }

    private static func action(
        _ action: TableSurvey.Action
    ) -> (kind: Action, queue: UInt16?, port: UInt16?) {
        switch action {
        case .drop: (.drop, nil, nil)
        case .reject: (.reject, nil, nil)
        case .queue(let number): (.queue, number, nil)
        case .translate(let port): (.translate, nil, port)
        case .redirect(let port): (.redirect, nil, port)
        case .intercept: (.intercept, nil, nil)
        case .untrack: (.untrack, nil, nil)
        case .offload: (.offload, nil, nil)
        case .divert: (.divert, nil, nil)
        }
    }
}
