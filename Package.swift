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
        // Probes ask the system under test over HTTP, on fresh or kept connections.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // TLS of the probes: handshakes, a CA of one's own, certificates' ends.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // The agent's HTTP API. Without its default traits: full Foundation stays out of root.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1",
            traits: []),
        // Sockets of the API and its client, its peers' credentials, the lab's DNS server.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // The methods and fields of the API's messages.
        .package(
            url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        // Hummingbird's logger, and the agent's own diagnostics.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        // Hummingbird's life cycle: start in order, stop in order, on a signal.
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // Starts the agent on demand, and the programs that doctor asks.
        .package(
            url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
        // Files and descriptors with typed errors, without Foundation.
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    ],
    targets: [
        .target(name: "CNetfilter"),
        .target(name: "Wire", swiftSettings: strict),
        .target(
            name: "Spec", dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "Control",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "Lab",
            dependencies: [
                "Wire", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .target(name: "Netfilter", dependencies: ["CNetfilter"], swiftSettings: strict),
        .target(
            name: "ProbeKinds",
            dependencies: [
                "Spec", "Wire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: strict, plugins: ["EmbedTexts"]),
        .target(
            name: "GameDay",
            dependencies: [
                "Control", "ProbeKinds", "Spec",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: strict, plugins: ["EmbedTexts"]),
        .target(
            name: "FaultKinds", dependencies: ["Wire", "Spec"], swiftSettings: strict,
            plugins: ["EmbedTexts"]),
        .executableTarget(name: "embedtexts", swiftSettings: strict),
        .plugin(name: "EmbedTexts", capability: .buildTool(), dependencies: ["embedtexts"]),
        .target(
            name: "Agent",
            dependencies: [
                "Control", "FaultKinds", "Netfilter", "Spec", "Wire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("API/openapi.json")], swiftSettings: strict),
        .executableTarget(
            name: "brownoutd",
            dependencies: [
                "Agent",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "brownout",
            dependencies: [
                "Control", "FaultKinds", "GameDay", "Lab", "ProbeKinds", "Spec", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "wirefuzz", dependencies: ["Wire"], path: "Fuzz", swiftSettings: strict),
        // What probes cost, for the benchmark.
        .executableTarget(
            name: "prober", dependencies: ["ProbeKinds", "Spec"], path: "Bench/prober",
            swiftSettings: strict),
        .testTarget(
            name: "NetfilterTests", dependencies: ["Netfilter", "CNetfilter"],
            swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: strict),
        .testTarget(
            name: "BrownoutTests",
            dependencies: [
                "brownout", "brownoutd", "Control", "FaultKinds", "GameDay", "GameDaySamples",
                "ProbeKinds",
                "Spec", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: strict),
        .testTarget(
            name: "InjectorTests", dependencies: ["Agent", "FaultKinds", "Spec", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "KernelTests",
            dependencies: [
                "brownout", "brownoutd", "Agent", "Control", "FaultKinds", "GameDay",
                "GameDaySamples", "Netfilter", "ProbeKinds", "Spec", "Wire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: strict),
        .testTarget(name: "SpecTests", dependencies: ["Spec"], swiftSettings: strict),
        .testTarget(
            name: "FaultKindsTests", dependencies: ["FaultKinds", "Spec", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "Lab", "Wire", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .testTarget(
            name: "ProbeKindsTests",
            dependencies: [
                "ProbeKinds", "Spec", "Wire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], exclude: ["Servers"], swiftSettings: strict),
        // Journals of runs that nobody ran, for the tests of what is made of them.
        .target(
            name: "GameDaySamples", dependencies: ["Control", "GameDay", "Spec"],
            path: "Tests/GameDaySamples", swiftSettings: strict),
        .testTarget(
            name: "GameDayTests",
            dependencies: [
                "Control", "FaultKinds", "GameDay", "GameDaySamples", "ProbeKinds", "Spec",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: strict),
        .testTarget(name: "ControlTests", dependencies: ["Control"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Control", "FaultKinds",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
    ]
)
