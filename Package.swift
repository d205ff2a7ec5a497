// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "brownout",
    dependencies: [
        // Fault files and game days are YAML, with the line and column of every mistake.
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        // Both command lines: flags, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        // The agent's HTTP API. Without its default traits: full Foundation stays out of root.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1",
            traits: []),
        // The client of that API, over a unix socket.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // Sockets of the API, its peers' credentials, and the lab's DNS server.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // Hummingbird's logger, and the agent's own diagnostics.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        // Hummingbird's life cycle: start in order, stop in order, on a signal.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        
        .target(name: "Wire", swiftSettings: strict),
        .target(
            name: "Spec", dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        
        .target(
            name: "FaultKinds", dependencies: ["Wire", "Spec"], swiftSettings: strict,
            plugins: ["EmbedTexts"]),
        .target(name: "Agent", dependencies: ["Wire", "Spec", "FaultKinds"], swiftSettings: strict),
        .executableTarget(name: "embedtexts", swiftSettings: strict),
        .plugin(name: "EmbedTexts", capability: .buildTool(), dependencies: ["embedtexts"]),
    ]
)
