internal import CNetfilter
internal import Glibc

/// A netlink socket, to the kernel's netfilter unless told otherwise, bound, close-on-exec; closed when it goes out of
/// scope. Sendable although it holds a pointer: it is not copyable, so one thread at a time has it.
@safe struct NetlinkSocket: ~Copyable, @unchecked Sendable {
    private let socket: OpaquePointer

    /// Opens and binds a socket in the network namespace of the calling thread.
    /// The corresponding C functions are `mnl_socket_open2` and `mnl_socket_bind`.
    init(_ family: Int32 = NETLINK_NETFILTER) throws(NetlinkError) {
        guard let socket = unsafe mnl_socket_open2(family, Int32(SOCK_CLOEXEC.rawValue))
        else { throw .last("socket NETLINK_NETFILTER") }
        guard unsafe mnl_socket_bind(socket, 0, pid_t(MNL_SOCKET_AUTOPID)) == 0 else {
            let error = NetlinkError.last("bind NETLINK_NETFILTER")
            unsafe mnl_socket_close(socket)
            throw error
        }
        unsafe self.socket = socket
    }

    deinit { unsafe mnl_socket_close(socket) }

    /// Closes the socket and says what the kernel said. Whatever it owned is gone either way.
    consuming func close() throws(NetlinkError) {
        let socket = unsafe self.socket
        discard self
        if unsafe mnl_socket_close(socket) < 0 { throw .last("close NETLINK_NETFILTER") }
    }

    var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

    /// The address of this socket: the kernel's owner id of what it creates.
    var port: UInt32 { unsafe mnl_socket_get_portid(socket) }

    /// Sets an integer socket option. The corresponding C function is `setsockopt`.
    @discardableResult
    func set(_ option: Int32, level: Int32, to value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(
            descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Asks for a large receive buffer: past the system's limit if permitted, else up to it.
    func setReceiveBuffer(_ bytes: Int32) {
        if !set(SO_RCVBUFFORCE, level: SOL_SOCKET, to: bytes) {
            set(SO_RCVBUF, level: SOL_SOCKET, to: bytes)
        }
    }

    /// Asks for a large send buffer: the longest message that one `send` takes.
    func setSendBuffer(_ bytes: Int32) {
        if !set(SO_SNDBUFFORCE, level: SOL_SOCKET, to: bytes) {
            set(SO_SNDBUF, level: SOL_SOCKET, to: bytes)
        }
    }

    /// Sends one or several messages to the kernel, which works them off before this returns.
    /// The corresponding C function is `mnl_socket_sendto`. Returns `errno`, or 0.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        while true {
            if unsafe mnl_socket_sendto(socket, bytes.baseAddress, bytes.count) >= 0 { return 0 }
            if Glibc.errno != EINTR { return Glibc.errno }
        }
    }

    /// Waits for a message, at most `milliseconds`. False on a timeout.
    func waitReadable(milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = unsafe poll(&descriptor, 1, milliseconds)
            if ready < 0 && Glibc.errno == EINTR { continue }
            return ready > 0
        }
    }

    /// Receives what is there, without waiting. The corresponding C function is `recv`.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
    }
}
