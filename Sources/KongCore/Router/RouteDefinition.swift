/// 128 bits of UUID, ordered like its text.
public struct UUIDBytes: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From the canonical 36-character text, either case; nil for anything else.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in 0..<36 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard text[position] == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = text[position].hexDigit else { return nil }
            // The first half ends before the third dash.
            if position < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
        }
        self.init(high: high, low: low)
    }

    public init?(_ text: String.UTF8View) {
        let parsed = text.withContiguousStorageIfAvailable { UUIDBytes($0) } ?? nil
        guard let parsed else { return nil }
        self = parsed
    }

    public init?(_ text: [UInt8]) {
        guard let parsed = text.withUnsafeBufferPointer({ UUIDBytes($0) }) else { return nil }
        self = parsed
    }

    @inlinable
    public static func < (a: UUIDBytes, b: UUIDBytes) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    /// The canonical lower-case text, 36 bytes.
    public var text: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 36) { out, count in
            count = 0
            for position in 0..<32 {
                if position == 8 || position == 12 || position == 16 || position == 20 {
                    out[count] = UInt8(ascii: "-")
                    count += 1
                }
                let word = position < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (position & 15) * 4)) & 15
                out[count] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                count += 1
            }
        }
    }

    public var string: String { String(decoding: text, as: UTF8.self) }
}

/// What the router needs of a route: its matchers, as bytes.
public struct RouteDefinition: Sendable {
    public struct Header: Sendable {
        /// Lower case.
        public var name: [UInt8]
        public var values: [[UInt8]]
        public init(name: [UInt8], values: [[UInt8]]) {
            self.name = name
            self.values = values
        }
    }

    public var id: UUIDBytes
    /// Unix seconds; breaks ties in the `traditional` flavour only.
    public var createdAt: Int64 = 0
    public var methods: [[UInt8]] = []
    public var hosts: [[UInt8]] = []
    public var paths: [[UInt8]] = []
    public var headers: [Header] = []
    public var snis: [[UInt8]] = []
    public var regexPriority: Int64 = 0
    /// What the hosts weigh in the `traditional` flavour (see `TraditionalRoute.swift`); nil: another flavour.
    var traditionalHosts: UInt64?

    public init(id: UUIDBytes) { self.id = id }
}

/// The methods that nginx and Kong know by name, one bit each; the last bit stands for "by its text".
public struct MethodSet: OptionSet, Sendable {
    public var rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let other = MethodSet(rawValue: 1 << 31)
    static let names: [[UInt8]] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
        "MKCOL", "COPY", "MOVE", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK",
    ].map { Array($0.utf8) }

    public init(name: some Collection<UInt8>) {
        if let bit = Self.names.firstIndex(where: { $0.elementsEqual(name) }) {
            self.init(rawValue: 1 << UInt32(bit))
        } else {
            self = .other
        }
    }
}
