import Glibc

/// A failed call in a test's own plumbing.
struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ text: String) { description = text }
    static func last(_ call: String) -> Failure {
        Failure("\(call): \(unsafe String(cString: strerror(errno)))")
    }
}

/// An IPv4 or IPv6 address and port, in the form the C calls take.
struct Endpoint: Equatable, Sendable {
    var address: String
    var port: UInt16

    var isIPv6: Bool { address.contains(":") }

    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            unsafe inet_pton(AF_INET6, address, &name.sin6_addr)
            return unsafe withUnsafePointer(to: &name) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        unsafe inet_pton(AF_INET, address, &name.sin_addr)
        return unsafe withUnsafePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A bound UDP or TCP socket.
final class TestSocket: Sendable {
    let number: Int32

    init(adopting number: Int32) { self.number = number }

    init(_ type: __socket_type = SOCK_DGRAM, bound to: Endpoint) throws {
        number = socket(to.isIPv6 ? AF_INET6 : AF_INET, Int32(type.rawValue), 0)
        guard number >= 0 else { throw Failure.last("socket") }
        set(SOL_SOCKET, SO_REUSEADDR, 1)
        guard unsafe to.withSocketAddress({ unsafe bind(number, $0, $1) }) == 0
        else { throw Failure.last("bind \(to)") }
    }

    deinit { close(number) }

    @discardableResult
    func set(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(number, level, option, &value, 4) == 0
    }

    var port: UInt16 {
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe withUnsafeMutablePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(number, $0, &length)
            }
        }
        // The port is at the same place in both families.
        return UInt16(bigEndian: name.sin6_port)
    }

    func connect(to: Endpoint) throws {
        guard unsafe to.withSocketAddress({ unsafe Glibc.connect(number, $0, $1) }) == 0
        else { throw Failure.last("connect \(to)") }
    }

    func send(_ bytes: [UInt8], to: Endpoint) throws {
        let sent = unsafe to.withSocketAddress {
            unsafe sendto(number, bytes, bytes.count, 0, $0, $1)
        }
        guard sent == bytes.count else { throw Failure.last("sendto \(to)") }
    }

    /// The next message or stretch of bytes; nil after `milliseconds` without one.
    func receive(within milliseconds: Int32) -> [UInt8]? {
        var poller = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&poller, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(number, &buffer, buffer.count, 0)
        return count >= 0 ? Array(buffer[..<count]) : nil
    }
}
