/// The game days that come with the program.
public enum GameDayCatalogue {
    /// Names and YAML texts, by name.
    public static var all: [(name: String, text: String)] { EmbeddedTexts.files }

    /// The YAML text of one, or nil.
    public static func text(named name: String) -> String? {
        all.first { $0.name == name }?.text
    }
}
