"""brownoutd, and its API over the unix socket."""

import http.client
import json
import socket

from processes import Process, Unavailable


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent(Process):
    """Runs the agent directly, without its service manager. Ready once its API answers."""

    def __init__(self, program, directory, through=()):
        if not program.exists():
            raise Unavailable(f"no {program}")
        self.socket = str(directory / "agent.sock")
        super().__init__([*through, program, "--socket", self.socket, "--journal", directory / "journal"],
                         directory / "agent.log")
        try:
            self.wait_until(self.answers)
        except Unavailable:
            self.stop()
            raise

    def answers(self):
        try:
            return self.call("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def call(self, method, path, body=None):
        """One request on a connection of its own. Returns the status and the reply's JSON."""
        connection = UnixConnection(self.socket)
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()

    def arm(self, names, effect, keys=None):
        """Arms one fault and returns its id."""
        status, reply = self.call("POST", "/v1/faults?name=bench", {
            "names": names, "dns": [{effect: keys or {}}], "leg": "any", "for": "10m"})
        if status != 201:
            raise Unavailable(f"arm: {status} {(reply or {}).get('error', '')}")
        return reply["id"]

    def arm_net(self, host, effect):
        """Arms one fault on connections and returns its id."""
        status, reply = self.call("POST", "/v1/faults?name=bench", {
            "hosts": [host], "net": effect, "for": "10m"})
        if status != 201:
            raise Unavailable(f"arm: {status} {(reply or {}).get('error', '')}")
        return reply["id"]

    def lift(self, fault):
        status, reply = self.call("DELETE", f"/v1/faults/{fault}")
        if status >= 300:
            raise Unavailable(f"lift: {status} {reply}")

    def status(self):
        return self.call("GET", "/v1/status")[1]
