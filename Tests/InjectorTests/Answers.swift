import Agent
import FaultKinds
import Spec
import Wire

/// Makes the answers and faults that tests feed to an injector.
enum Answers {
    static let server = Endpoint(.v4(0x7F00_0001), port: 53)
    static let client = Endpoint(.v4(0x7F00_0001), port: 40_000)

    static func message(
        _ question: String, _ type: DNS.RecordType = .a, edns: Bool = true,
        code: DNS.ResponseCode = .noError, _ records: [(String, UInt32, DNS.RecordData)] = [],
        edit: (inout DNS.Builder) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        var header = DNS.Header(id: 0x1234)
        header.isResponse = true
        header.recursionDesired = true
        header.recursionAvailable = true
        header.authenticData = true
        var builder = DNS.Builder(header: header)
        builder.questions = [DNS.Builder.Query(try name(question), type)]
        if edns { builder.edns = DNS.EDNS() }
        builder.responseCode = code
        for (owner, ttl, data) in records { builder.add(try name(owner), ttl: ttl, data) }
        try edit(&builder)
        guard let bytes = builder.encoded() else { throw Unbuildable() }
        return bytes
    }

    static func name(_ text: String) throws -> DNS.Name {
        guard let name = DNS.Name(text) else { throw Unbuildable() }
        return name
    }

    struct Unbuildable: Error {}

    /// The night's name as it resolves on a good day, asked for by itself or through an alias.
    static func dynamo(edns: Bool = true, question: String? = nil) throws -> [UInt8] {
        let night = "dynamodb.us-east-1.amazonaws.com"
        let last = "prod.ddb.us-east-1.amazonaws.com"
        var records: [(String, UInt32, DNS.RecordData)] = []
        if let question { records.append((question, 300, .cname(try name(night)))) }
        records += [
            (night, 60, .cname(try name(last))), (last, 5, .a(0x0A00_0001)),
            (last, 5, .a(0x0A00_0002)),
        ]
        return try message(question ?? night, edns: edns, records)
    }

    static func udp(
        _ payload: [UInt8], from source: Endpoint = server, to destination: Endpoint = client
    ) throws -> [UInt8] {
        guard let packet = Packet.udp(from: source, to: destination, payload: payload.span) else {
            throw Unbuildable()
        }
        return packet
    }

    static func tcp(
        _ payload: [UInt8], sequence: UInt32, flags: UInt8 = TCPFields.ack
    ) throws -> [UInt8] {
        let fields = TCPFields(sequence: sequence, acknowledgement: 1, flags: flags)
        guard let packet = Packet.tcp(from: server, to: client, fields, payload: payload.span)
        else { throw Unbuildable() }
        return packet
    }

    /// The message with its length before it, as TCP carries it.
    static func framed(_ message: [UInt8]) -> [UInt8] {
        [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    }
}

extension Fault {
    init(yaml: String) throws {
        try self.init(Node.load(yaml: yaml, file: "test.yaml"))
    }
}
