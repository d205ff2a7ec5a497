/// Another program that listens to a netfilter queue, as an intrusion detection system would.
enum OtherQueue {
    /// Binds a queue (nfnetlink_queue.h: NFQNL_MSG_CONFIG with NFQNL_CFG_CMD_BIND) and keeps it.
    static let script = """
        import socket, struct, sys, time
        number = int(sys.argv[1])
        link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        link.bind((0, 0))
        command = struct.pack("=HH", 8, 1) + struct.pack(">BBH", 1, 0, 0)
        body = struct.pack(">BBH", 0, 0, number) + command
        link.send(struct.pack("=IHHII", 16 + len(body), 3 << 8 | 2, 1 | 4, 1, 0) + body)
        reply = link.recv(4096)
        code = struct.unpack_from("=i", reply, 16)[0]
        if code: sys.exit("bind: errno %d" % -code)
        print("bound", flush=True)
        time.sleep(600)
        """

    static func serving<Value>(
        number: Int, _ body: (Program) async throws -> Value
    ) async throws -> Value {
        try await Place.prepare()
        return try await Program.serving(
            "python3", ["-I", "-c", script, "\(number)"],
            isReady: { $0.outputText.contains("bound") }, body)
    }
}
