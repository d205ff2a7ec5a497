import ProbeKinds
import Spec
import Testing

/// A mistake in a probe is one line that says where, what, and what would be right.
@Suite struct ProbeErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var kind: String
        var yaml: String
        var error: String
        var testDescription: String { "\(kind) \(yaml)" }
    }

    static let rows: [Row] = [
        Row(
            kind: "http", yaml: "{url: 'http://a', observer: maybe}",
            error: "g.yaml:1:29: key `observer`: \"maybe\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "tcp", yaml: "{to: 'a:443', observer: maybe}",
            error: "g.yaml:1:25: key `observer`: \"maybe\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "tls", yaml: "{to: 'a:443', observer: maybe}",
            error: "g.yaml:1:25: key `observer`: \"maybe\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: up, observer: maybe}",
            error: "g.yaml:1:40: key `observer`: \"maybe\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "http", yaml: "{urll: 'http://a'}",
            error: "g.yaml:1:2: key `urll`: not a key of the http probe; did you mean `url`?"),
        Row(
            kind: "http", yaml: "{method: GET}",
            error: "g.yaml:1:1: key `url`: missing; the http probe needs it"),
        Row(
            kind: "http", yaml: "ftp://a",
            error: "g.yaml:1:1: key `url`: \"ftp://a\" is not an http or https URL; "
                + "write http://host:port/path, or https"),
        Row(
            kind: "http", yaml: "http://u:p@a/",
            error: "g.yaml:1:1: key `url`: a URL with a user or a password; "
                + "write `headers: {Authorization: …}` instead"),
        Row(
            kind: "http", yaml: "url: http://a\nstatus: [200, 2x]",
            error: "g.yaml:2:15: key `status`: \"2x\" is not an HTTP status; write 200 or 2xx"),
        Row(
            kind: "http", yaml: "url: http://a\nheaders: {'a b': c}",
            error: "g.yaml:2:11: key `a b`: it is not the name of a header; "
                + "write Accept or X-Mode"),
        Row(
            kind: "http", yaml: "url: http://a\njson: {a.b: c}",
            error: "g.yaml:2:8: key `a.b`: \"a.b\" is not a JSON path; "
                + "write $.a.b or $.list[0].c"),
        Row(
            kind: "http", yaml: "url: http://a\nconnection: keep",
            error: "g.yaml:2:13: key `connection`: \"keep\" is not one of them; "
                + "write fresh, kept"),
        Row(
            kind: "http", yaml: "url: http://a\nca: /x",
            error: "g.yaml:2:5: key `ca`: there is no TLS here; write an https URL"),
        Row(
            kind: "dns", yaml: "{name: a.b, types: [A, B]}",
            error: "g.yaml:1:24: key `types`: \"B\" is not a record type; write A, AAAA or MX"),
        Row(
            kind: "dns", yaml: "{name: a.b, server: here}",
            error: "g.yaml:1:21: key `server`: \"here\" is not the address of a server; "
                + "write 127.0.0.1, 127.0.0.1:5353 or system"),
        Row(
            kind: "dns", yaml: "{name: a.b, ttl: {min: 9s, max: 1s}}",
            error: "g.yaml:1:33: key `max`: it is below `min`; swap them"),
        Row(
            kind: "dns", yaml: "{name: a.b, server: system, rcode: NXDOMAIN}",
            error: "g.yaml:1:36: key `rcode`: the system does not tell; "
                + "name a server, or leave `server` out"),
        Row(
            kind: "dns", yaml: "{name: a..b}",
            error: "g.yaml:1:8: key `name`: \"a..b\" is not a domain name; write api.example.com"),
        Row(
            kind: "tcp", yaml: "db.example.com",
            error: "g.yaml:1:1: key `to`: \"db.example.com\" has no port; "
                + "write host:443 or [::1]:443"),
        Row(
            kind: "tls", yaml: "{to: 'a:443', days: -1}",
            error: "g.yaml:1:21: key `days`: -1 is out of range; "
                + "write a whole number from 0 to 3650"),
        Row(
            kind: "exec", yaml: "{command: []}",
            error: "g.yaml:1:11: key `command`: the list is empty; "
                + "write a text, or leave the key out"),
        Row(
            kind: "exec", yaml: "{command: x, exit: 256}",
            error: "g.yaml:1:20: key `exit`: 256 is out of range; "
                + "write a whole number from 0 to 255"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: up, bound: around 5}",
            error: "g.yaml:1:37: key `bound`: \"around 5\" is not a bound; write < 5 or >= 1"),
        Row(
            kind: "http", yaml: "{url: 'http://a', method: 'G T'}",
            error: "g.yaml:1:27: key `method`: \"G T\" is not a method; write GET or POST"),
        Row(
            kind: "http", yaml: "{url: 'http://a', headers: 5}",
            error: "g.yaml:1:28: `headers` is a mapping, not the text \"5\"; "
                + "write its keys, `key: value` a line"),
        Row(
            kind: "http", yaml: "{url: 'http://a', body: [b]}",
            error: "g.yaml:1:25: key `body`: a list is not a text; write a text"),
        Row(
            kind: "http", yaml: "{url: 'https://a', insecure: maybe}",
            error: "g.yaml:1:30: key `insecure`: \"maybe\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "http", yaml: "{url: 'http://a', header: [b]}",
            error: "g.yaml:1:27: `header` is a mapping, not a list; "
                + "write its keys, `key: value` a line"),
        Row(
            kind: "http", yaml: "{url: 'http://a', contains: {b: c}}",
            error: "g.yaml:1:29: key `contains`: a mapping is not a text; write a text"),
        Row(
            kind: "http", yaml: "{url: 'http://a', json: text}",
            error: "g.yaml:1:25: `json` is a mapping, not the text \"text\"; "
                + "write its keys, `key: value` a line"),
        Row(
            kind: "dns", yaml: "{name: a.b, addresses: many}",
            error: "g.yaml:1:24: key `addresses`: \"many\" is not a whole number; "
                + "write a whole number from 0 to 1000"),
        Row(
            kind: "dns", yaml: "{name: a.b, rcode: FINE}",
            error: "g.yaml:1:20: key `rcode`: \"FINE\" is not a response code; "
                + "write NOERROR, NXDOMAIN or a number"),
        Row(
            kind: "dns", yaml: "{name: a.b, ttl: 5s}",
            error: "g.yaml:1:18: `ttl` is a mapping, not the text \"5s\"; "
                + "write its keys, `key: value` a line"),
        Row(
            kind: "tcp", yaml: "{to: 'a:1', send: [b]}",
            error: "g.yaml:1:19: key `send`: a list is not a text; write a text"),
        Row(
            kind: "tcp", yaml: "{to: 'a:1', expect: {b: c}}",
            error: "g.yaml:1:21: key `expect`: a mapping is not a text; write a text"),
        Row(
            kind: "tls", yaml: "{to: a}",
            error: "g.yaml:1:6: key `to`: \"a\" has no port; write host:443 or [::1]:443"),
        Row(
            kind: "tls", yaml: "{to: 'a:443', ca: [b]}",
            error: "g.yaml:1:19: key `ca`: a list is not a text; write a text"),
        Row(
            kind: "tls", yaml: "{to: 'a:443', servername: [b]}",
            error: "g.yaml:1:27: key `servername`: a list is not a text; write a text"),
        Row(
            kind: "tls", yaml: "{to: 'a:443', insecure: 5}",
            error: "g.yaml:1:25: key `insecure`: \"5\" is neither true nor false; "
                + "write true or false"),
        Row(
            kind: "exec", yaml: "{command: x, contains: [b]}",
            error: "g.yaml:1:24: key `contains`: a list is not a text; write a text"),
        Row(
            kind: "prometheus", yaml: "{url: a, query: up}",
            error: "g.yaml:1:7: key `url`: \"a\" is not an http or https URL; "
                + "write http://host:port/path, or https"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: [up]}",
            error: "g.yaml:1:26: key `query`: a list is not a query; write a query"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: up, headers: b}",
            error: "g.yaml:1:39: `headers` is a mapping, not the text \"b\"; "
                + "write its keys, `key: value` a line"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: up, ca: {b: c}}",
            error: "g.yaml:1:34: key `ca`: a mapping is not a text; write a text"),
        Row(
            kind: "prometheus", yaml: "{url: 'http://a', query: up, insecure: maybe}",
            error: "g.yaml:1:40: key `insecure`: \"maybe\" is neither true nor false; "
                + "write true or false"),
    ]

    @Test(arguments: rows)
    func errors(row: Row) throws {
        let kind = try #require(ProbeCatalogue.kind(named: row.kind))
        let node = try Node.load(yaml: row.yaml, file: "g.yaml")
        let error = #expect(throws: SpecError.self) { _ = try kind.init(node) }
        #expect(error?.description == row.error)
    }

    /// A key that may be added without saying what is wrong with it would be found by nobody.
    @Test func `every key has a mistake here`() {
        for kind in ProbeCatalogue.all {
            for key in kind.schema.keys {
                let has = Self.rows.contains {
                    $0.kind == kind.name && $0.error.contains("`\(key.name)`")
                }
                #expect(has, "\(kind.name) \(key.name)")
            }
        }
    }

    @Test func `every key and every kind says what it is`() {
        for kind in ProbeCatalogue.all {
            #expect(kind.schema.doc.hasSuffix("."), "\(kind.name)")
            #expect(kind.text.manual.contains("Example:"), "\(kind.name)")
            for key in kind.schema.keys {
                #expect(!key.doc.isEmpty, "\(kind.name) \(key.name)")
            }
        }
    }
}
