import FaultKinds
import FoundationEssentials
import GameDay
import Spec

extension FaultLibrary {
    /// The catalogue, and fault files beside the game day.
    static let catalogue = FaultLibrary(names: FaultCatalogue.all.map(\.name)) {
        (reference, location) throws(SpecError) in
        guard TypedFile.isPath(reference) else {
            guard let text = FaultCatalogue.text(named: reference) else { return nil }
            return try Node.load(yaml: text, file: reference)
        }
        let path = TypedFile.path(reference, besides: location.file)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw SpecError(
                location: location, problem: "no fault file \"\(path)\" that can be read",
                hint: "a path counts from the folder of the game day")
        }
        return try Node.load(utf8: [UInt8](bytes), file: path)
    } check: { (node) throws(SpecError) in
        _ = try Fault(node)
    }
}
