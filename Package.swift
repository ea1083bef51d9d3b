// swift-tools-version: 6.2
import Foundation
import PackageDescription

// HiGHS comes from `make setup` (git-ignored folder beside the sources) or, where Debian has it, from the system.
let privateHiGHS = Context.packageDirectory + "/.dependencies/highs"
let usesPrivateHiGHS = FileManager.default.fileExists(atPath: privateHiGHS + "/lib/libhighs.so")
let highsSwift: [SwiftSetting] =
  usesPrivateHiGHS ? [.unsafeFlags(["-Xcc", "-I\(privateHiGHS)/include/highs"])] : []
// An installed program finds it beside itself, one that was built here where it was built.
let highsFolder =
  Context.environment["RIGSHIFT_PACKAGE"] == nil ? privateHiGHS + "/lib" : "$ORIGIN/../lib/rigshift"
let highsLinker: [LinkerSetting] =
  usesPrivateHiGHS ? [.unsafeFlags(["-L\(privateHiGHS)/lib", "-Xlinker", "-rpath=\(highsFolder)"])] : []

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(
  _ name: String, in floor: String, uses dependencies: [Target.Dependency] = [],
  resources: [Resource]? = nil, settings: [SwiftSetting] = [], linker: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(floor.isEmpty ? "" : floor + "/")\(name)",
    resources: resources, swiftSettings: house + settings, linkerSettings: linker)
}

func tests(
  _ name: String, uses dependencies: [Target.Dependency], resources: [Resource] = [],
  excluding excluded: [String] = [], linker: [LinkerSetting] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: excluded, resources: resources,
    swiftSettings: house, linkerSettings: linker)
}

let package = Package(
  name: "rigshift",
  products: [.executable(name: "rigshift", targets: ["rigshift"])],
  targets: [
    // Ground floor and domain: pure values and functions.
    room("Quantities", in: "Domain"),
    room("JSONText", in: "Domain"),
    room("Cryptography", in: "Domain", uses: ["COpenSSL"]),
    room("Certificates", in: "Domain", uses: ["Quantities", "JSONText", "Cryptography"]),
    room("Devices", in: "Domain", uses: ["Quantities"]),
    room("SiteModel", in: "Domain", uses: ["Quantities", "Devices"]),
    room("MarketFormats", in: "Domain", uses: ["Quantities", "JSONText"]),
    room("Forecasting", in: "Domain", uses: ["Quantities", "SiteModel", "MarketFormats"]),
    room("Planning", in: "Domain", uses: ["Quantities", "JSONText"]),
    room("Control", in: "Domain", uses: ["Quantities", "SiteModel"]),
    room("Jobs", in: "Domain", uses: ["Quantities", "JSONText"]),
    room("Alarms", in: "Domain", uses: ["Quantities", "JSONText", "Cryptography", "SiteModel"]),
    room("HomeAutomation", in: "Domain", uses: ["Quantities", "JSONText", "SiteModel"]),
    room("PeerProtocol", in: "Domain", uses: ["Quantities", "JSONText", "Cryptography", "Certificates"]),
    // Seams.
    room(
      "Ports", in: "",
      uses: ["Quantities", "Devices", "SiteModel", "Control", "Jobs", "Certificates", "PeerProtocol"]),
    // C libraries: module maps and shims, no logic.
    .systemLibrary(
      name: "CHiGHS", path: "Sources/CLibraries/CHiGHS", pkgConfig: usesPrivateHiGHS ? nil : "highs"),
    .systemLibrary(name: "CSQLite", path: "Sources/CLibraries/CSQLite", pkgConfig: "sqlite3"),
    .systemLibrary(name: "COpenSSL", path: "Sources/CLibraries/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CCurl", path: "Sources/CLibraries/CCurl", pkgConfig: "libcurl"),
    .systemLibrary(name: "CEvent", path: "Sources/CLibraries/CEvent", pkgConfig: "libevent_openssl"),
    .systemLibrary(name: "CModbus", path: "Sources/CLibraries/CModbus", pkgConfig: "libmodbus"),
    .systemLibrary(
      name: "CMosquitto", path: "Sources/CLibraries/CMosquitto", pkgConfig: "libmosquitto"),
    .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),
    .target(name: "CTOML", path: "Sources/CLibraries/CTOML"),
    // Adapters: one C library or operating-system service each.
    room(
      "HiGHSSolver", in: "Adapters", uses: ["Planning", "Quantities", "CHiGHS"], settings: highsSwift,
      linker: highsLinker),
    room(
      "SQLiteStore", in: "Adapters",
      uses: [
        "Ports", "Quantities", "SiteModel", "Control", "Jobs", "Certificates", "Cryptography", "JSONText",
        "PeerProtocol", "CSQLite",
      ]),
    room("SiteFiles", in: "Adapters", uses: ["Quantities", "Devices", "SiteModel", "Cryptography", "CTOML"]),
    room("LinuxHost", in: "Adapters", uses: ["Ports", "Quantities", "Control", "CLinux"]),
    room(
      "ModbusHardware", in: "Adapters", uses: ["Ports", "Quantities", "Devices", "SiteModel", "CModbus"]),
    .target(
      name: "CGPIO", path: "Sources/CLibraries/CGPIO", linkerSettings: [.linkedLibrary("gpiod")]),
    room("GPIOHardware", in: "Adapters", uses: ["Ports", "SiteModel", "Control", "CGPIO"]),
    room("HTTPClient", in: "Adapters", uses: ["Ports", "CCurl"]),
    room("HTTPListener", in: "Adapters", uses: ["Ports", "PeerProtocol", "CEvent"]),
    room(
      "MosquittoClient", in: "Adapters", uses: ["HomeAutomation", "Quantities", "SiteModel", "CMosquitto"]),
    // The same ports without hardware.
    room(
      "Simulation", in: "",
      uses: [
        "Ports", "Quantities", "Devices", "SiteModel", "Forecasting", "MarketFormats", "Control", "Jobs",
        "Certificates", "PeerProtocol", "Cryptography",
      ]),
    // The running site.
    room(
      "SiteController", in: "",
      uses: [
        "Ports", "Quantities", "Devices", "SiteModel", "MarketFormats", "Forecasting", "Planning", "Control",
        "JSONText", "Jobs", "Certificates", "Cryptography", "PeerProtocol", "Alarms",
        "HomeAutomation",
      ]),
    // What browsers and monitoring see of it.
    room(
      "WebInterface", in: "", uses: ["Ports", "PeerProtocol", "JSONText", "Quantities", "Cryptography"],
      resources: [.embedInCode("Assets")]),
    // The whole system on a simulated site.
    room(
      "Rehearsal", in: "",
      uses: [
        "SiteController", "Simulation", "Ports", "Quantities", "SiteModel", "MarketFormats", "Forecasting",
        "Planning", "Control", "Jobs", "JSONText", "Certificates", "Cryptography",
      ]),
    .executableTarget(
      name: "rigshift",
      dependencies: [
        "Quantities", "JSONText", "SiteModel", "MarketFormats", "Forecasting", "Planning", "Control", "Jobs",
        "Ports", "HiGHSSolver", "SQLiteStore", "SiteFiles", "LinuxHost", "Simulation", "SiteController",
        "Rehearsal", "Certificates", "Cryptography", "PeerProtocol", "HTTPClient", "HTTPListener",
        "WebInterface", "Devices", "ModbusHardware", "GPIOHardware", "Alarms", "HomeAutomation",
        "MosquittoClient",
      ],
      path: "Sources/rigshift", swiftSettings: house, linkerSettings: highsLinker),
    // What `make bench` measures inside a process.
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "Quantities", "JSONText", "SiteModel", "Planning", "Control", "HiGHSSolver", "Simulation",
        "JobStreams",
      ],
      path: "Benchmarks/Program", swiftSettings: house, linkerSettings: highsLinker),
    .executableTarget(
      name: "EvidenceBenchmark",
      dependencies: [
        "Certificates", "Cryptography", "SQLiteStore", "Ports", "JSONText", "Quantities", "CSQLite",
      ], path: "Benchmarks/EvidenceBenchmark", swiftSettings: house),
    .executableTarget(
      name: "PeerBenchmark", dependencies: ["PeerProtocol", "Simulation", "Quantities"],
      path: "Benchmarks/PeerBenchmark", swiftSettings: house),
    // Tests: one folder per target.
    tests("QuantitiesTests", uses: ["Quantities"]),
    tests("JSONTextTests", uses: ["JSONText", "Quantities"]),
    tests("CryptographyTests", uses: ["Cryptography"]),
    tests("HTTPListenerTests", uses: ["HTTPListener", "PeerProtocol", "Ports"]),
    tests(
      "CertificatesTests",
      uses: ["Certificates", "Cryptography", "JSONText", "Quantities", "ProgramTesting"],
      excluding: ["Python"]),
    tests(
      "ForecastingTests", uses: ["Forecasting", "MarketFormats", "JSONText", "SiteModel", "Quantities"],
      resources: [.copy("Fixtures")]),
    tests(
      "PlanningTests", uses: ["Planning", "HiGHSSolver", "JobStreams", "Quantities", "JSONText"],
      linker: highsLinker),
    tests(
      "PeerProtocolTests",
      uses: [
        "PeerProtocol", "Simulation", "Ports", "Certificates", "Cryptography", "JSONText", "Quantities",
        "WireDecoders",
      ]),
    tests("DevicesTests", uses: ["Devices", "Quantities"]),
    tests("ControlTests", uses: ["Control", "SiteModel", "Quantities"]),
    tests("HomeAutomationTests", uses: ["HomeAutomation", "JSONText", "SiteModel", "Quantities"]),
    tests("JobsTests", uses: ["Jobs", "JSONText", "Quantities"]),
    tests("AlarmsTests", uses: ["Alarms", "SiteModel", "JSONText", "Quantities"]),
    tests(
      "SiteFilesTests", uses: ["SiteFiles", "Devices", "SiteModel", "Quantities"],
      excluding: ["Broken", "Fixtures"]),
    .target(
      name: "WireDecoders", dependencies: ["PeerProtocol", "Certificates", "Cryptography", "Quantities"],
      path: "Fuzzing/WireDecoders", swiftSettings: house),
    // What only tests use: a medium that forgets, and one suite per port for its real and its simulated side.
    .target(
      name: "JobStreams", dependencies: ["Planning", "JSONText", "Quantities"],
      path: "Tests/Support/JobStreams",
      swiftSettings: house),
    .target(name: "LossyVFS", dependencies: ["CSQLite"], path: "Tests/Support/LossyVFS"),
    .target(
      name: "PortContracts",
      dependencies: [
        "Ports", "Quantities", "Devices", "SiteModel", "Control", "Jobs", "Certificates", "Cryptography",
        "JSONText",
      ],
      path: "Tests/Support/PortContracts", swiftSettings: house),
    tests(
      "StoreTests",
      uses: [
        "SQLiteStore", "Simulation", "Forecasting", "Ports", "SiteModel", "Control", "Jobs", "Quantities",
        "CSQLite", "LossyVFS", "PortContracts", "Certificates", "Cryptography", "PeerProtocol",
      ]),
    tests(
      "SimulationTests",
      uses: ["Simulation", "Ports", "Control", "Forecasting", "MarketFormats", "SiteModel", "Quantities"]),
    tests(
      "SiteControllerTests",
      uses: [
        "SiteController", "Simulation", "Ports", "Control", "Planning", "Forecasting", "MarketFormats",
        "SiteModel", "Quantities", "Jobs", "HiGHSSolver", "JSONText", "Certificates", "Cryptography",
        "PeerProtocol", "LinuxHost", "Devices", "Alarms", "HomeAutomation",
      ], excluding: ["Why"], linker: highsLinker),
    tests(
      "ModbusHardwareTests",
      uses: [
        "ModbusHardware", "Simulation", "PortContracts", "Ports", "Devices", "SiteModel", "Quantities",
        "SiteController", "Control", "ProgramTesting", "LinuxHost",
      ]),
    tests(
      "WebInterfaceTests",
      uses: ["WebInterface", "Ports", "PeerProtocol", "Cryptography", "JSONText", "Quantities"]),
    tests(
      "RehearsalTests",
      uses: [
        "Rehearsal", "Simulation", "HiGHSSolver", "Planning", "Jobs", "MarketFormats", "SiteModel",
        "Quantities", "JSONText", "Ports", "Certificates",
      ], linker: highsLinker),
    tests(
      "HTTPClientTests", uses: ["HTTPClient", "Ports", "LinuxHost", "ProgramTesting"], excluding: ["Python"]),
    // The whole program, from outside.
    .target(
      name: "ProgramTesting", path: "Tests/Support/ProgramTesting", swiftSettings: house),
    tests(
      "EvidenceTests",
      uses: [
        "rigshift", "ProgramTesting", "Certificates", "Cryptography", "JSONText", "Quantities", "CSQLite",
      ], excluding: ["Python"], linker: highsLinker),
    tests(
      "PeersTests", uses: ["rigshift", "ProgramTesting"], excluding: ["Python"], linker: highsLinker),
    tests(
      "Scenarios",
      uses: [
        "rigshift", "ProgramTesting", "SQLiteStore", "Simulation", "Ports", "SiteModel", "Control", "Jobs",
        "Quantities", "JSONText", "Certificates",
      ], excluding: ["Fixtures", "Python"], linker: highsLinker),
  ],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)

// Fuzzers need another compiler flag in everything they measure: `make fuzz`.
if Context.environment["RIGSHIFT_FUZZ"] != nil {
  package.targets += [
    .executableTarget(
      name: "PeerFuzzer", dependencies: ["WireDecoders"], path: "Fuzzing/PeerFuzzer",
      swiftSettings: [.swiftLanguageMode(.v6)], linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
  ]
}
