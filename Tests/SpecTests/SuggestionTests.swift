import Spec
import Testing

@Suite struct SuggestionTests {
    static let keys = ["names", "except", "types", "dns", "probability", "resolvers", "for"]
    static let table: [Case<String, String?>] = [
        Case("missing letter", "probabilty", "probability"),
        Case("swap", "nmaes", "names"),
        Case("plural", "name", "names"),
        Case("case", "NAMES", "names"),
        Case("short and near", "fro", "for"),
        Case("short and far", "f", nil),
        Case("nothing like it", "bandwidth", nil),
        Case("three in a long word", "reslvrs", "resolvers"),
        Case("empty", "", nil),
        Case("endless", String(repeating: "names", count: 50_000), nil),
    ]

    @Test(arguments: table) func nearest(_ row: Case<String, String?>) {
        #expect(Suggestion.nearest(to: row.input, among: Self.keys) == row.output)
    }
}
