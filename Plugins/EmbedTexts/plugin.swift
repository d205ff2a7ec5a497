import Foundation
import PackagePlugin

/// Makes the texts that people read part of the program: the doc comments of the effects (what
/// `brownout explain` prints) and the fault files of the catalogue (what `brownout inject` finds).
@main
struct EmbedTexts: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let module = target as? any SourceModuleTarget else { return [] }
        let kinds = module.sourceFiles(withSuffix: ".swift").map(\.url)
            .filter { $0.deletingLastPathComponent().lastPathComponent == "Kinds" }
        let faultFolder = context.package.directoryURL.appending(path: "Faults")
        let faults = try FileManager.default.contentsOfDirectory(
            at: faultFolder, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "yaml" }
        let inputs = (kinds + faults).sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTexts.swift")
        return [
            .buildCommand(
                displayName: "Embedding doc comments and fault files of \(target.name)",
                executable: try context.tool(named: "embedtexts").url,
                arguments: [output.path] + inputs.map(\.path),
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }
}
