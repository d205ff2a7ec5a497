import Control
import FaultKinds
import Spec
import Wire

extension SpecReader {
    /// Reads faults as Spec and FaultKinds do.
    ///
    /// - Parameter files: Those of the programs that scopes are about.
    public static func faults(of files: NamespaceFiles = .own) -> SpecReader {
        SpecReader(
            fault: { (text, name) throws(APIError) in
                let fault: Fault
                do throws(SpecError) {
                    fault = try Fault(try Node.load(yaml: text, file: name ?? "fault"))
                } catch {
                    let place = "\(error.location): "
                    let line = error.description
                    throw APIError(
                        .spec, line.hasPrefix(place) ? String(line.dropFirst(place.count)) : line,
                        location: error.location.description)
                }
                var loaded = LoadedFault(fault, name: name)
                if let scope = fault.scope {
                    loaded.scope = try ScopeFinder(files: files).find(scope, for: fault)
                }
                return loaded
            },
            duration: { (text) throws(APIError) in
                do throws(ValueProblem) {
                    return try Duration(parsing: text)
                } catch {
                    throw APIError(.request, error.sentence)
                }
            },
            pattern: { (text) throws(APIError) in
                do throws(ValueProblem) {
                    return try NamePattern(parsing: text).description
                } catch {
                    throw APIError(.spec, error.sentence)
                }
            })
    }
}

extension ValueProblem {
    fileprivate var sentence: String {
        [problem, hint].compactMap { $0 }.joined(separator: "; ")
    }
}

extension LoadedFault {
    init(_ fault: Fault, name: String?) {
        let json = fault.node.json()
        self.init(
            name: name ?? fault.title ?? fault.watchedNames.first?.description ?? "fault",
            names: fault.watchedNames.map(\.description),
            hosts: fault.net?.hosts.compactMap { host in
                guard case .network = host.target else { return nil }
                return host.description
            } ?? [],
            networks: fault.net?.hosts.compactMap { host in
                guard case .network(let network) = host.target else { return nil }
                return network
            } ?? [],
            except: fault.except.map(\.description),
            tooBroad: fault.tooBroad,
            effects: fault.effects.map { $0.summary }
                + (fault.net?.effects.map { $0.summary } ?? []),
            lease: fault.lease, seed: fault.seed,
            // A tree that was just read is JSON; if not, its text is still worth showing.
            spec: (try? ControlJSON.decode(from: json.utf8)) ?? .string(json), content: fault)
        guard let terms = fault.net else { return }
        cuts = { session in
            session.own.port != ClientSession.sshPort
                && LiveConnections(number: 0, terms: terms, except: [])
                    .hasConnection(own: session.own, other: session.other, at: 0)
        }
    }
}
