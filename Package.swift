// swift-tools-version: 6.2
// The arrows between targets are the architecture: an import that is not declared here does not build.
import PackageDescription

// nginx's headers, configured by scripts/nginx-headers.sh (nginx-dev ships no ngx_auto_config.h).
let nginx = "\(Context.packageDirectory)/.build/nginx"
let nginxIncludes = [
    "src/core", "src/event", "src/event/modules", "src/os/unix", "src/http", "src/http/modules", "src/http/v2", "objs",
].flatMap { ["-I", "\(nginx)/\($0)"] }
let nginxForSwift = nginxIncludes.flatMap { ["-Xcc", $0] }

let common: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]
// The data plane runs on one thread, which debug builds assert: no dynamic checks of exclusivity or isolation.
let dataPlane: [SwiftSetting] =
    common + [
        .unsafeFlags(
            ["-enforce-exclusivity=unchecked", "-Xfrontend", "-disable-dynamic-actor-isolation"],
            .when(configuration: .release))
    ]

let package = Package(
    name: "kong",
    products: [
        .library(name: "ngx_http_kong_module", type: .dynamic, targets: ["KongNginxModule"]),
        .executable(name: "kong", targets: ["kong"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // nginx's headers, module tables, directives, macro accessors.
        .target(
            name: "CNginx",
            cSettings: [.unsafeFlags(nginxIncludes + ["-Wno-unused-parameter"])],
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]
        ),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Calls into LMDB that survive a damaged file.
        .target(name: "CLMDB", linkerSettings: [.linkedLibrary("lmdb")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),

        // The data plane.
        .target(name: "NginxKit", dependencies: ["CNginx"], swiftSettings: dataPlane + [.unsafeFlags(nginxForSwift)]),
        .target(name: "KongCore", dependencies: ["CRE2"], swiftSettings: dataPlane),
        .target(name: "KongSnapshot", dependencies: ["CLMDB", "KongCore"], swiftSettings: dataPlane),
        .target(name: "KongPDK", dependencies: ["COpenSSL", "KongCore"], swiftSettings: dataPlane),
        .target(name: "KongPlugins", dependencies: ["KongPDK"], swiftSettings: dataPlane),
        .target(
            name: "KongNginxModule",
            dependencies: ["NginxKit", "KongCore", "KongSnapshot", "KongPDK", "KongPlugins"],
            swiftSettings: dataPlane + [.unsafeFlags(nginxForSwift)],
            // Installed, the Swift runtime lies beside the module.
            linkerSettings: [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/kong-runtime"])]
        ),

        // The control plane.
        .target(
            name: "KongStore",
            dependencies: ["CLibpq", "KongCore", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: common
        ),
        .target(
            name: "KongAdmin",
            dependencies: [
                "COpenSSL", "KongCore", "KongStore", "KongSnapshot", "KongPlugins",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: common
        ),
        .executableTarget(
            name: "kong",
            dependencies: [
                "KongAdmin", "KongCore", "KongPlugins", "KongStore", "KongSnapshot",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: common,
            linkerSettings: [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/kong/runtime"])]
        ),

        .executableTarget(
            name: "RouterBenchmark", dependencies: ["KongCore"], path: "Benchmarks/RouterBenchmark",
            swiftSettings: dataPlane
        ),
        // Creates per second, paging and start-up of the store alone.
        .executableTarget(
            name: "store-bench", dependencies: ["KongStore"], path: "Benchmarks/StoreBench", swiftSettings: common
        ),

        // Tests.
        .target(name: "KongTesting", dependencies: ["KongPDK", "KongCore"], swiftSettings: common),
        .testTarget(name: "KongCoreTests", dependencies: ["KongCore"], swiftSettings: common),
        .testTarget(name: "KongSnapshotTests", dependencies: ["KongSnapshot"], swiftSettings: common),
        .testTarget(name: "KongStoreTests", dependencies: ["KongStore", "KongTesting"], swiftSettings: common),
        .testTarget(
            name: "KongAdminTests",
            dependencies: ["KongAdmin", .product(name: "HummingbirdTesting", package: "hummingbird")],
            swiftSettings: common
        ),
        .testTarget(
            name: "KongPluginsTests",
            dependencies: ["KongPDK", "KongPlugins", "KongTesting"],
            exclude: ["Goldens"],
            swiftSettings: common
        ),
        .testTarget(name: "GatewayTests", dependencies: ["KongPDK", "KongTesting"], swiftSettings: common),
    ],
    cxxLanguageStandard: .cxx17
)
