import Foundation
import Testing

extension KernelTests {
    /// `brownout lab run`: a command in a network with the lab in it.
    @Suite("lab run") struct LabRunTests {
        private func run(_ arguments: String...) async throws -> Program.Ended {
            try await Program.run(AgentUnderTest.client, ["lab", "run"] + arguments)
        }

        @Test("the command's output, its arguments and its exit code are its own")
        func handsThrough() async throws {
            let ended = try await run(
                "--", "sh", "-c", "printf '%s|' \"$@\"; pwd; exit 9", "sh", "a b", "--for", "")
            #expect(ended.status == 9)
            #expect(ended.output.hasPrefix("a b|--for||/"))
            #expect(ended.errors == "")
        }

        @Test("names resolve, and the whole cloud is behind them")
        func isTheCloud() async throws {
            let ended = try await run(
                "--", "sh", "-ec",
                """
                getent ahostsv4 dynamodb.us-east-1.amazonaws.com | sed 's/ .*//' | sort -u
                python3 -I - <<'END'
                import urllib.request
                for url in ["http://dynamodb.us-west-2.amazonaws.com/",
                    "http://[2001:db8:1:20::10]/", "http://127.0.0.1:8080/healthz"]:
                    print(urllib.request.urlopen(url, timeout=5).read().decode().strip())
                END
                cat /etc/resolv.conf
                echo "$BROWNOUT_SOCKET"
                ls /var/log
                """)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(
                ended.output == """
                    10.1.20.10
                    10.1.20.20
                    10.1.20.30
                    healthy: dynamodb.us-west-2.amazonaws.com
                    healthy: dynamodb.us-east-1.amazonaws.com
                    ok
                    nameserver 127.0.0.1
                    options timeout:1 attempts:2
                    /run/brownout-lab/brownout.sock

                    """)
        }

        @Test("the instance metadata service is at both of its addresses, and wants a token")
        func metadata() async throws {
            let ended = try await run(
                "--", "sh", "-ec",
                """
                for host in 169.254.169.254 '[fd00:ec2::254]'; do
                    base="http://$host/latest"
                    curl -gs -o /dev/null -w '%{http_code}\n' "$base/meta-data/instance-id"
                    token=$(curl -gfsS -X PUT "$base/api/token" \\
                        -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
                    curl -gfsS -H "X-aws-ec2-metadata-token: $token" \\
                        "$base/meta-data/iam/security-credentials/"
                    echo
                done
                curl -s http://127.0.0.1:8080/status
                """)
            #expect(ended.status == 0, "\(ended.errors)")
            let lines = ended.output.split(separator: "\n").map(String.init)
            #expect(lines.prefix(4) == ["401", "orders-instance", "401", "orders-instance"])
            // The service has asked too.
            #expect(lines.last?.contains(#""credentials":{"ageSeconds""#) == true, "\(lines)")
        }

        /// Counts a signal and asks the lab afterwards whether it is still there.
        private static let counter = """
            import signal, sys, time, urllib.request
            got = []
            for name in ["INT", "TERM", "HUP"]:
                signal.signal(getattr(signal, "SIG" + name), lambda *_: got.append(1))
            print("listening", flush=True)
            while not got: time.sleep(0.02)
            time.sleep(0.3)
            url = "http://127.0.0.1:8080/healthz"
            print(len(got), urllib.request.urlopen(url, timeout=5).read().decode().strip())
            """

        @Test("a signal reaches the command, once", arguments: [SIGINT, SIGTERM, SIGHUP])
        func signals(number: Int32) async throws {
            let program = try await Program(
                AgentUnderTest.client, ["lab", "run", "--", "python3", "-I", "-c", Self.counter])
            let began = try await eventually(within: .seconds(20)) {
                program.outputText == "listening\n"
            }
            #expect(began, "\(program.errorText)")
            program.send(number)
            let ended = try #require(try await program.exit(within: .seconds(10)))
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output == "listening\n1 ok\n")
        }

        @Test("Ctrl-C on a terminal reaches the command once, and spares the lab")
        func controlC() async throws {
            let terminal = """
                import os, pty, sys
                pid, master = pty.fork()
                if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
                text = b""
                while b"ok" not in text:
                    text += os.read(master, 1000)
                    if text.endswith(b"listening\\r\\n"): os.write(master, b"\\x03")
                print(text.decode().split("\\n")[-2].strip() if text.endswith(b"\\n")
                    else text.decode().split("\\n")[-1].strip(), os.waitstatus_to_exitcode(
                    os.waitpid(pid, 0)[1]))
                """
            let ended = try await Program.run(
                "python3",
                ["-I", "-c", terminal, AgentUnderTest.client, "lab", "run", "--"]
                    + ["python3", "-I", "-c", Self.counter])
            // The terminal echoes what was typed.
            #expect(ended.output == "^C1 ok 0\n", "\(ended.errors)")
        }

        @Test("kill -9 of the command leaves no lab")
        func killed() async throws {
            let program = try await Program(
                AgentUnderTest.client,
                [
                    "lab", "run", "--", "sh", "-c",
                    "cat /proc/$$/task/$$/children; echo; exec sleep 60",
                ])
            let began = try await eventually(within: .seconds(20)) {
                program.outputText.hasSuffix("\n")
            }
            #expect(began, "\(program.errorText)")
            // `cat` itself is a child too.
            let children = program.outputText.split(whereSeparator: \.isWhitespace)
            func labs() -> [Substring] {
                children.filter { pid in
                    let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")
                    return String(decoding: words ?? Data(), as: UTF8.self).contains("--until-eof")
                }
            }
            #expect(labs().count == 1)
            program.send(SIGKILL)
            let ended = try #require(try await program.exit())
            #expect(ended.status == 128 + SIGKILL)
            #expect(try await eventually { labs().isEmpty })
        }

        @Test("the second stage refuses to be called where it could spoil something")
        func refuses() async throws {
            let here = try ["net", "mnt"].map {
                try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\($0)")
            }
            for (net, mount) in [(here[0], here[1]), ("net:[1]", "mnt:[1]"), ("", "")] {
                let ended = try await Program.run(
                    AgentUnderTest.client,
                    ["lab", "inside", "--from-net", net, "--from-mnt", mount, "--", "true"])
                #expect(ended.status == 2)
                #expect(ended.errors.contains("not for calling by hand"), "\(ended.errors)")
            }
        }

        @Test("`lab up` does not take port 80 of a network that is not the lab's")
        func staysOut() async throws {
            let ended = try await Program.run(AgentUnderTest.client, ["lab", "up"])
            #expect(ended.status == 3)
            #expect(ended.errors.contains("`brownout lab run` makes a network"))
        }

        @Test("nor asks a metadata service that may be a real one")
        func staysOffTheInstance() async throws {
            let ended = try await Program.run(
                "unshare",
                [
                    "--net", "sh", "-ec",
                    "ip link set lo up; ip route add local 10.0.0.0/8 dev lo; exec \"$0\" lab up",
                    AgentUnderTest.client,
                ])
            #expect(ended.status == 3)
            #expect(ended.errors.contains("169.254.169.254 are not local"), "\(ended.errors)")
        }

        @Test("what is missing is named, with what to do")
        func missing() async throws {
            let ended = try await Program.run(
                AgentUnderTest.client, ["lab", "run", "--", "true"],
                environment: ["PATH": "/nowhere"])
            #expect(ended.status == 2)
            #expect(
                ended.errors == "brownout: unshare is missing: apt-get install util-linux\n")
            let unknown = try await run("--", "no-such-program")
            #expect(unknown.status == 127 && unknown.errors.contains("no-such-program"))
            let careless = try await run("--careless", "braker", "--", "true")
            #expect(careless.status == 2)
            #expect(careless.errors.contains("did you mean `breaker`?"))
        }
    }
}
