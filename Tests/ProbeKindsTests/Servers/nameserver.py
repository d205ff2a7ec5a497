"""A name server, over UDP and TCP, that answers wrongly in the way that the name's first label says.

Prints its port, and ends with its input.
"""

import socket
import struct
import sys
import threading

ADDRESS = b"\xc0\x0c\x00\x01\x00\x01" + struct.pack("!IH", 60, 4) + bytes([127, 0, 0, 1])


def reply(query, flags=0x8400, answers=(), ident=None, question=None):
    end = 12
    while query[end]:
        end += 1 + query[end]
    asked = query[12:end + 5] if question is None else question
    ident = query[:2] if ident is None else ident
    return (ident + struct.pack("!HHHHH", flags, 1 if asked else 0, len(answers), 0, 0) + asked
            + b"".join(answers))


def label(query):
    return query[13:13 + query[12]].decode("latin-1")


def datagrams(query):
    kind = label(query)
    right = reply(query, answers=[ADDRESS])
    if kind == "silent":
        return []
    if kind == "garbage":
        return [query[:2] + b"\x84" + b"\xff" * 40]
    if kind == "short":
        return [right[:5]]
    if kind == "half":
        return [right[:-6]]
    if kind == "loop":  # a name that points at itself
        return [reply(query, answers=[b"\xc0" + bytes([len(reply(query))]) + ADDRESS[2:]])]
    if kind == "stranger":  # another ID, then another question, then the right one
        return [reply(query, answers=[ADDRESS] * 2, ident=bytes([query[0] ^ 1, query[1]])),
                reply(query, answers=[ADDRESS] * 2, question=b"\x01x\x00\x00\x01\x00\x01"), right]
    if kind in ("truncated", "cut", "drip", "closed"):
        return [reply(query, flags=0x8600)]
    return [right]


def stream(query, send):
    kind = label(query)
    right = reply(query, answers=[ADDRESS] * 3)
    whole = struct.pack("!H", len(right)) + right
    if kind == "cut":
        send(whole[:-3])
    elif kind == "drip":  # never whole
        send(whole[:1])
        threading.Event().wait()
    elif kind != "closed":
        send(whole)


def over_udp(udp):
    while True:
        query, client = udp.recvfrom(4096)
        for message in datagrams(query):
            udp.sendto(message, client)


def over_tcp(connection):
    with connection:
        try:
            query = connection.recv(4096)
            stream(query[2:], connection.sendall)
        except OSError:
            pass  # the other end has gone


def accept(tcp):
    while True:
        threading.Thread(target=over_tcp, args=(tcp.accept()[0],), daemon=True).start()


tcp = socket.create_server(("127.0.0.1", 0), backlog=128)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(tcp.getsockname())
threading.Thread(target=over_udp, args=(udp,), daemon=True).start()
threading.Thread(target=accept, args=(tcp,), daemon=True).start()
print(tcp.getsockname()[1], flush=True)
sys.stdin.read()
