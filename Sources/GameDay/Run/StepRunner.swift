import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Spec
import Subprocess
import SystemPackage

/// Does the steps of a game day. A step never throws: that it failed is its result.
struct StepRunner: Sendable {
    let confirmations: Confirmations
    /// For commands: what a script may want to know of the run.
    let environment: [String: String]

    /// How much of a command's output is kept: its end.
    static let outputLimit = 2000
    /// What a command has to clean up after SIGTERM, before it is killed.
    static let grace = Duration.seconds(2)

    /// Does one step, within its timeout or until the task is cancelled.
    func run(_ step: Step, number: Int) async -> StepResult {
        await withTaskGroup(of: StepResult?.self) { group in
            group.addTask { await attempt(step, number) }
            group.addTask {
                if step.timeout == .zero { return nil }
                do {
                    try await Task.sleep(for: step.timeout)
                    return StepResult(
                        passed: false, detail: "not done within \(step.timeout.spec)")
                } catch {
                    return StepResult(passed: false, detail: "given up: the run was ended")
                }
            }
            var result: StepResult?
            while result == nil, let next = await group.next() { result = next }
            group.cancelAll()
            return result ?? StepResult(passed: false, detail: "given up")
        }
    }

    private func attempt(_ step: Step, _ number: Int) async -> StepResult? {
        switch step {
        case .note: return StepResult(passed: true)
        case .run(let run): return await command(run)
        case .http(let call): return await request(call)
        case .confirm(let confirm):
            let asked = Confirmations.Request(
                step: number, role: confirm.role ?? "somebody", text: confirm.text)
            guard let who = await confirmations.wait(for: asked) else { return nil }
            return StepResult(passed: true, who: who)
        }
    }

    private func command(_ run: Step.Run) async -> StepResult? {
        var options = PlatformOptions()
        // A group of its own, so that what it started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.grace),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero),
        ]
        do {
            let lifeline = try Lifeline()
            defer { lifeline.release() }
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", Lifeline.script, "sh", run.command],
                environment: .inherit.updating(
                    Dictionary(
                        uniqueKeysWithValues: environment.map {
                            (Environment.Key(stringLiteral: $0.key), $0.value)
                        })),
                platformOptions: options,
                input: .fileDescriptor(lifeline.input, closeAfterSpawningProcess: false),
                output: .sequence, error: .discarded
            ) { execution in
                var tail = ""
                for try await line in execution.standardOutput.strings() {
                    tail += line + "\n"
                    if tail.utf8.count > 2 * Self.outputLimit {
                        tail = String(tail.suffix(Self.outputLimit))
                    }
                }
                return tail
            }
            // A command that was ended with its step has nothing to say.
            guard !Task.isCancelled else { return nil }
            let output = Self.words(result.closureResult)
            switch result.terminationStatus {
            case .exited(let code):
                return StepResult(
                    passed: code == run.expectedCode,
                    detail: output.isEmpty ? "exit code \(code)" : "exit code \(code): \(output)")
            case .signaled(let signal):
                return StepResult(passed: false, detail: "ended by signal \(signal)")
            }
        } catch {
            return Task.isCancelled ? nil : StepResult(passed: false, detail: "\(error)")
        }
    }

    /// The end of a text, without white space around it.
    private static func words(_ output: String) -> String {
        let end = output.reversed().drop { $0.isWhitespace }.prefix(outputLimit)
        return String(end.reversed().drop { $0.isWhitespace })
    }

    /// Not the shared one, which knocks on a closed door until the time is up.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private func request(_ call: Step.HTTPCall) async -> StepResult? {
        var request = HTTPClientRequest(url: call.url)
        request.method = .RAW(value: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if let body = call.body { request.body = .bytes(ByteBuffer(string: body)) }
        do {
            let timeout = TimeAmount.nanoseconds(Int64(clamping: call.timeout.nanoseconds))
            let response = try await Self.client.execute(request, timeout: timeout)
            let body = try await Self.beginning(of: response.body)
            let status = Int(response.status.code)
            let passed = call.status.map { $0 == status } ?? (200..<300).contains(status)
            let text = Self.words(String(buffer: body))
            return StepResult(
                passed: passed,
                detail: text.isEmpty ? "status \(status)" : "status \(status): \(text)")
        } catch {
            return Task.isCancelled ? nil : StepResult(passed: false, detail: "\(error)")
        }
    }

    /// Reads the whole of it, as half an answer is none, and keeps what a detail can show.
    private static func beginning(of body: HTTPClientResponse.Body) async throws -> ByteBuffer {
        var kept = ByteBuffer()
        for try await var part in body {
            let room = outputLimit - kept.readableBytes
            if var slice = part.readSlice(length: min(room, part.readableBytes)) {
                kept.writeBuffer(&slice)
            }
        }
        return kept
    }
}
