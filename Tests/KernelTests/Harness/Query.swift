/// A DNS question as bytes: every bit of it can be set.
struct Query: Sendable {
    var name: String
    var type: UInt16 = RType.a
    var id: UInt16 = 0x4242
    var recursionDesired = true
    var authenticData = false
    var checkingDisabled = false
    var edns: EDNS? = EDNS()

    struct EDNS: Sendable {
        var size: UInt16 = 1232
        var wantsDNSSEC = false
        /// Whole options: code, length, data.
        var options: [UInt8] = []
    }

    init(_ name: String, _ type: UInt16 = RType.a, id: UInt16 = 0x4242, edns: EDNS? = EDNS()) {
        self.name = name
        self.type = type
        self.id = id
        self.edns = edns
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = id.octets
        bytes.append(recursionDesired ? 1 : 0)
        bytes.append((authenticData ? 0x20 : 0) | (checkingDisabled ? 0x10 : 0))
        bytes += [0, 1, 0, 0, 0, 0, 0, edns == nil ? 0 : 1]
        bytes += wire(name: name) + type.octets + [0, 1]
        if let edns {
            bytes += [0] + RType.opt.octets + edns.size.octets
            bytes += [0, 0, edns.wantsDNSSEC ? 0x80 : 0, 0]
            bytes += UInt16(edns.options.count).octets + edns.options
        }
        return bytes
    }
}

/// Numbers of record types (IANA's registry).
enum RType {
    static let a: UInt16 = 1
    static let ns: UInt16 = 2
    static let cname: UInt16 = 5
    static let soa: UInt16 = 6
    static let mx: UInt16 = 15
    static let txt: UInt16 = 16
    static let aaaa: UInt16 = 28
    static let dname: UInt16 = 39
    static let opt: UInt16 = 41
    static let rrsig: UInt16 = 46
    static let https: UInt16 = 65
    static let tsig: UInt16 = 250
    static let any: UInt16 = 255
}

/// Numbers of response codes.
enum RCode {
    static let noError: UInt8 = 0
    static let servFail: UInt8 = 2
    static let nxDomain: UInt8 = 3
    static let notImp: UInt8 = 4
    static let refused: UInt8 = 5
}

extension UInt16 {
    /// Big-endian, as on the wire.
    var octets: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xFF)] }
}

extension UInt32 {
    var octets: [UInt8] { [24, 16, 8, 0].map { UInt8((self >> $0) & 0xFF) } }
}

/// A name uncompressed; no escapes.
func wire(name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
}
