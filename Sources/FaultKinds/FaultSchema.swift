public import Spec
import Wire

/// Every key of a fault file, described once: for the JSON Schema, for flags and for `explain`.
extension Fault {
    public static var schema: KeyGroup {
        let flap = KeyGroup(
            "flap", "On for a while, off for a while.",
            keys: [
                KeySchema("on", .duration, "How long it acts.", required: true),
                KeySchema("off", .duration, "How long it rests.", required: true),
                KeySchema(
                    "jitter", .duration, "How far each phase may stray, evenly.", default: "0s"),
            ])
        let types = addressTypes.map(\.description)
        return KeyGroup(
            "fault", "Names, what happens to their answers and connections, and when.",
            keys: [
                KeySchema("title", .text, "What it is, in one line."),
                KeySchema("about", .text, "What it rehearses and what to watch."),
                KeySchema("source", .text, "Where the facts are from."),
                KeySchema(
                    "names", .patterns,
                    "Which names: `a.b.c` exactly, `*.b.c` one or more labels, "
                        + "`sts.*.b.c` within a label."),
                KeySchema("except", .patterns, "Which names are spared, whatever else says."),
                KeySchema(
                    "types", .choices(types, or: "^TYPE[0-9]+$|^[A-Za-z][A-Za-z0-9]*$"),
                    "Which types of question.", default: types.joined(separator: ", ")),
                KeySchema("port", .integer(1...65535), "Which port the server has.", default: "53"),
                KeySchema(
                    "dns", .variants(EffectCatalogue.all.map { $0.schema }),
                    "What happens to the answers: one effect or several, in order."),
                KeySchema(
                    "net", .variants(EffectCatalogue.net.map { $0.schema }),
                    "What happens to the connections: one effect or several."),
                KeySchema(
                    "hosts", .hosts,
                    "Whose connections, besides those to `names`: names, addresses and networks, "
                        + "each with a port if you like."),
                KeySchema("ports", .ports, "Connections to which ports; all if absent."),
                KeySchema(
                    "direction", .choice(NetTerms.Direction.allCases.map(\.rawValue)),
                    "Connections to the hosts (outbound), or from them to `ports` of this host "
                        + "(inbound).", default: "outbound"),
                KeySchema(
                    "connections", .choice(NetTerms.Connections.allCases.map(\.rawValue)),
                    "All, or only those that begin while the fault is armed.", default: "all"),
                KeySchema(
                    "kill", .bool,
                    "Close the connections that are open when it begins to act, or when it learns "
                        + "their address.", default: "false"),
                KeySchema(
                    "sni", .bool,
                    "Only connections that ask for one of the names in the ClientHello of TLS, or the "
                        + "Host of HTTP/1, and not all that go to its addresses.",
                    default: "false"),
                KeySchema(
                    "probability", .percentage,
                    "In which share of the answers, and of the connections.", default: "100%"),
                KeySchema("flap", .group(flap), flap.doc),
                KeySchema("after", .duration, "How long after arming it begins.", default: "0s"),
                KeySchema(
                    "seed", .integer(0...UInt64.max),
                    "Where every random choice comes from; chosen and shown if absent."),
                KeySchema(
                    "leg", .choice(Leg.allCases.map(\.rawValue)),
                    "On a host with a local cache: between upstream and cache (wire), between "
                        + "cache and client (loopback), both (any), or once (auto).",
                    default: "auto"),
                KeySchema(
                    "mark", .bool,
                    "Say in an Extended DNS Error (RFC 8914) that the answer is forged.",
                    default: "true"),
                KeySchema("resolvers", .networks, "Only answers from these servers."),
                KeySchema("scope", .group(Scope.schema), Scope.schema.doc),
                KeySchema("for", .duration, "How long it lives unless told otherwise."),
            ], anyOf: [["names", "dns"], ["names", "net"], ["hosts", "net"]])
    }

    /// The JSON Schema of fault files, for editors.
    public static var jsonSchema: String {
        JSONSchema.document(
            schema, id: "https://brownout.example/fault.schema.json", title: "Brownout fault")
    }
}
