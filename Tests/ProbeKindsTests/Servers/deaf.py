"""A port that lets nobody connect and refuses nobody: its queue is full and stays so.

Prints its port, and ends with its input.
"""

import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
waiting = []
while len(waiting) < 64:
    client = socket.socket()
    client.settimeout(0.3)
    try:
        client.connect(listener.getsockname())
    except TimeoutError:  # the queue is full: this is what a probe will see
        break
    finally:
        waiting.append(client)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
