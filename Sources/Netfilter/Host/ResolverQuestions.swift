internal import CNetfilter
internal import Glibc

/// Questions over UDP from a thread of its own, with a mark by which our rules know them.
public enum ResolverQuestions {
    /// SO_MARK of <asm-generic/socket.h>; parisc and sparc have other numbers.
    private static let markOption: Int32 = 36

    /// Asks one server and returns the answers, in the order of arrival: as many as there were
    /// questions, or what came in time.
    ///
    /// - Parameter server: 4 or 16 octets.
    public static func ask(
        _ questions: [[UInt8]], server: [UInt8], port: UInt16, mark: UInt32,
        within limit: Duration
    ) async -> [[UInt8]] {
        await withCheckedContinuation { continuation in
            do {
                try LoopThread.start {
                    continuation.resume(
                        returning: askNow(
                            questions, server: server, port: port, mark: mark, within: limit))
                }
            } catch {
                continuation.resume(returning: [])
            }
        }
    }

    private static func askNow(
        _ questions: [[UInt8]], server: [UInt8], port: UInt16, mark: UInt32,
        within limit: Duration
    ) -> [[UInt8]] {
        let isV4 = server.count == 4
        let number = socket(
            isV4 ? AF_INET : AF_INET6,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return [] }
        defer { close(number) }
        var mark = mark
        unsafe setsockopt(
            number, SOL_SOCKET, markOption, &mark, socklen_t(MemoryLayout<UInt32>.size))
        guard connect(number, to: server, port: port) else { return [] }
        for question in questions {
            _ = unsafe send(number, question, question.count, Int32(MSG_NOSIGNAL))
        }
        var answers: [[UInt8]] = []
        let end = monotonicNow() &+ limit.kernelMilliseconds * 1_000_000
        var buffer = [UInt8](repeating: 0, count: 65_535)
        while answers.count < questions.count {
            let now = monotonicNow()
            guard now < end else { break }
            var ready = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let left = Int32(clamping: (end - now) / 1_000_000 + 1)
            guard unsafe poll(&ready, 1, left) > 0 else { continue }
            let count = unsafe recv(number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            // "Connection refused": nobody serves there.
            guard count > 0 else { break }
            answers.append(Array(buffer.prefix(count)))
        }
        return answers
    }

    private static func connect(_ number: Int32, to server: [UInt8], port: UInt16) -> Bool {
        if server.count == 4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr =
                server.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.bigEndian
            return unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
            unsafe $0.copyBytes(from: server.prefix(16))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }
}
