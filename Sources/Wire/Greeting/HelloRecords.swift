/// Takes the records of TLS apart as they come (RFC 8446 section 5.1): what they hold, one behind the
/// other, is the message, which may be spread over several.
struct HelloRecords: Sendable {
    /// No more of the message comes: another protocol, or what follows a hello at once, such as early
    /// data.
    private(set) var haveEnded = false
    /// Octets of the header in hand that have come.
    private var headerCount = 0
    private var length = 0
    /// Octets of the fragment in hand that have not come.
    private var left = 0

    mutating func read(_ piece: Span<UInt8>, into message: inout [UInt8]) {
        for index in 0..<piece.count {
            if haveEnded { return }
            if left > 0 {
                message.append(piece[index])
                left -= 1
            } else {
                readHeader(piece[index])
            }
        }
    }

    /// Type, version (3.x whatever the version is), length.
    private mutating func readHeader(_ octet: UInt8) {
        switch headerCount {
        case 0: haveEnded = octet != TLSHello.handshake
        case 1: haveEnded = octet != 3
        case 2: break
        case 3: length = Int(octet) << 8
        default:
            length += Int(octet)
            // No empty fragments, and 2^14 octets at the most.
            haveEnded = !(1...1 << 14).contains(length)
            (left, headerCount) = (length, 0)
            return
        }
        headerCount += 1
    }
}
