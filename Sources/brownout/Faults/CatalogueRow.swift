import FaultKinds
import Spec

/// One line of `catalog list`.
struct CatalogueRow: Encodable, Equatable {
    var name: String
    var title: String
    var about: String?
    var source: String?
    /// How long it lives unless told otherwise, as spec text.
    var `for`: String?
    var effects: [String]
    var names: [String]

    init(name: String, _ fault: Fault) {
        self.name = name
        title = fault.title ?? ""
        about = fault.about
        source = fault.source
        `for` = fault.lease?.spec
        effects = fault.effects.map { $0.summary } + (fault.net?.effects.map { $0.summary } ?? [])
        names = fault.watchedNames.map(\.description)
    }

    static func table(_ rows: [CatalogueRow]) -> String {
        var table = Table(["NAME", "FOR", "TITLE"])
        for row in rows { table.append(row.name, row.for ?? "-", row.title) }
        return table.text
    }
}
