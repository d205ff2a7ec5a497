import Foundation
import PackagePlugin

/// Makes the texts that people read part of the program: the doc comments of effects and probes
/// (what `brownout explain` prints), the fault files (what `brownout inject` finds) and the game
/// days (what `brownout gameday run` finds).
@main
struct EmbedTexts: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target as? any SourceModuleTarget else { return [] }
        let kinds = module.sourceFiles(withSuffix: ".swift").map(\.url)
            .filter { $0.deletingLastPathComponent().lastPathComponent == "Kinds" }
        let files = try Self.catalogues[target.name].map { folder in
            try FileManager.default.contentsOfDirectory(
                at: context.package.directoryURL.appending(path: folder),
                includingPropertiesForKeys: nil
            ).filter { $0.pathExtension == "yaml" }
        }
        let inputs = (kinds + (files ?? [])).sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTexts.swift")
        return [
            .buildCommand(
                displayName: "Embedding doc comments and catalogue of \(target.name)",
                executable: try context.tool(named: "embedtexts").url,
                arguments: [output.path] + inputs.map(\.path),
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }

    /// The folder of files that a target carries.
    private static let catalogues = ["FaultKinds": "Faults", "GameDay": "Gamedays"]
}
