"""An endpoint that behaves as its path says, over HTTP or, with a certificate and its key, HTTPS.

    endpoint.py [CERTIFICATE KEY]

Prints its port, and ends with its input.
"""

import socket
import ssl
import struct
import sys
import threading
import time

WAIT = 0.15  # between the head and the body, where they come apart


def respond(head=b"", body=b"", status=b"200 OK"):
    return (b"HTTP/1.1 " + status + b"\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body)
            + body)


def until_closed(send, piece, pause=0.0):
    while True:
        send(piece)
        if pause:
            time.sleep(pause)


def reset(connection):
    """Closes with RST: what is left of the answer never comes (SO_LINGER with no time)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def act(path, request, connection, number):
    """Whether the connection may stay."""
    send = connection.sendall
    ok = b"HTTP/1.1 200 OK\r\n"
    if path == "/echo":
        send(respond(b"X-Mode: read-only\r\n", request))
    elif path == "/number":
        send(respond(body=b"%d" % number))
        return True
    elif path == "/json":
        send(respond(body=b'{"mode": "ok", "list": [{"n": 3}]}'))
    elif path.startswith("/status/"):
        send(respond(status=path[8:].encode() + b" Said So"))
    elif path == "/late":  # the head at once, the body later
        send(ok + b"Content-Length: 4\r\n\r\n")
        time.sleep(WAIT)
        send(b"late")
    elif path == "/half":
        send(ok + b"Content-Length: 100\r\n\r\nhalf")
    elif path == "/half-head":
        send(ok + b"Content-Le")
    elif path == "/half-chunk":
        send(ok + b"Transfer-Encoding: chunked\r\n\r\nA\r\nabc")
    elif path == "/endless":
        send(ok + b"Transfer-Encoding: chunked\r\n\r\n")
        until_closed(send, b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
    elif path == "/endless-head":
        send(ok)
        until_closed(send, b"X-Filler: " + b"a" * 4000 + b"\r\n")
    elif path == "/endless-field":
        send(ok + b"X-Filler: ")
        until_closed(send, b"a" * 4000)
    elif path == "/headers":  # 1 MB of them, and an end
        send(ok + (b"X-Filler: " + b"a" * 990 + b"\r\n") * 1000 + b"Content-Length: 0\r\n\r\n")
    elif path == "/loris":
        for byte in ok:
            send(bytes([byte]))
            time.sleep(0.02)
        until_closed(send, b"X-A: b\r\n", 0.02)
    elif path == "/reset":
        send(ok + b"Content-Length: 100\r\n\r\nhalf")
        time.sleep(0.05)  # what is sent must arrive first, or it is lost with the rest
        reset(connection)
    elif path == "/reset-at-once":
        reset(connection)
    elif path == "/garbage":
        send(bytes(range(256)) * 16)
    elif path == "/continue":
        until_closed(send, b"HTTP/1.1 100 Continue\r\n\r\n")
    elif path == "/hang":
        connection.recv(1)
    return False


def serve(plain, context, number):
    try:
        connection = context.wrap_socket(plain, server_side=True) if context else plain
        while True:
            request = b""
            while b"\r\n\r\n" not in request:
                part = connection.recv(65536)
                if not part:
                    return
                request += part
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    while len(body) < int(line[15:]):
                        body += connection.recv(65536)
            path = head.split(b" ")[1].decode("latin-1")
            if not act(path, head + b"\r\n\r\n" + body, connection, number):
                return
    except OSError:
        pass  # the other end has seen enough
    finally:
        plain.close()
        if context and "connection" in locals():
            connection.close()


def accept(listener, context):
    number = 0
    while True:
        plain, _ = listener.accept()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(plain, context, number), daemon=True).start()
        number += 1


def main():
    context = None
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    threading.Thread(target=accept, args=(listener, context), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


main()
