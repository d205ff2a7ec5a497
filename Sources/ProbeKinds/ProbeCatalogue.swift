public import Spec

/// Every kind of probe there is, in the order in which people should meet them.
public enum ProbeCatalogue {
    public static let all: [any Probe.Type] = [
        HTTPProbe.self,
        DNSProbe.self,
        TCPProbe.self,
        TLSProbe.self,
        ExecProbe.self,
        PrometheusProbe.self,
    ]

    /// The kind of that name, or nil.
    public static func kind(named name: String) -> (any Probe.Type)? {
        all.first { $0.name == name }
    }
}

extension Probe {
    /// The kind's own text, as its source file has it.
    public static var text: KindText {
        EmbeddedTexts.kinds["\(Self.self)"] ?? KindText(manual: name, keys: [:])
    }
}
