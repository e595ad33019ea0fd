/// Rows of the snapshot are MessagePack: compact, self-describing, quick to skip through.
///
/// Source: the MessagePack specification. Absent and null fields are not stored.
public enum MessagePack {
    public static func encode(_ object: JSONObject) -> [UInt8] {
        var writer = Writer()
        writer.bytes.reserveCapacity(512)
        writer.append(.object(object))
        return writer.bytes
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func append(_ value: JSONValue) {
            switch value {
            case .null: bytes.append(0xC0)
            case .bool(let flag): bytes.append(flag ? 0xC3 : 0xC2)
            case .integer(let number): append(number)
            case .number(let number):
                bytes.append(0xCB)
                append(bigEndian: number.bitPattern, count: 8)
            case .string(let text): append(text)
            case .array(let elements):
                append(count: elements.count, fix: 0x90, wide: 0xDC)
                for element in elements { append(element) }
            case .object(let object):
                var present: [(key: String, value: JSONValue)] = []
                present.reserveCapacity(object.count)
                for member in object where !member.value.isNull { present.append(member) }
                present.sort { $0.key < $1.key }
                append(count: present.count, fix: 0x80, wide: 0xDE)
                for (key, element) in present {
                    append(key)
                    append(element)
                }
            }
        }

        private mutating func append(_ number: Int64) {
            if number >= 0 && number < 128 {
                bytes.append(UInt8(number))
            } else if number >= Int64(Int32.min) && number <= Int64(Int32.max) {
                bytes.append(0xD2)
                append(bigEndian: UInt64(UInt32(bitPattern: Int32(number))), count: 4)
            } else {
                bytes.append(0xD3)
                append(bigEndian: UInt64(bitPattern: number), count: 8)
            }
        }

        private mutating func append(_ text: String) {
            let utf8 = text.utf8
            if utf8.count < 32 {
                bytes.append(0xA0 | UInt8(utf8.count))
            } else if utf8.count < 0x10000 {
                bytes.append(0xDA)
                append(bigEndian: UInt64(utf8.count), count: 2)
            } else {
                bytes.append(0xDB)
                append(bigEndian: UInt64(utf8.count), count: 4)
            }
            bytes.append(contentsOf: utf8)
        }

        private mutating func append(count: Int, fix: UInt8, wide: UInt8) {
            if count < 16 {
                bytes.append(fix | UInt8(count))
            } else if count < 0x10000 {
                bytes.append(wide)
                append(bigEndian: UInt64(count), count: 2)
            } else {
                bytes.append(wide + 1)
                append(bigEndian: UInt64(count), count: 4)
            }
        }

        private mutating func append(bigEndian value: UInt64, count: Int) {
            for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
            }
        }
    }
}

/// A cursor over one row. It never traps: a damaged row reads as nil, from then on.
///
/// - Precondition: the bytes outlive the cursor; in a row of the snapshot that is the read transaction.
public struct RowReader {
    private var base: UnsafeRawPointer?
    private var position = 0
    private let end: Int

    public init(_ bytes: UnsafeRawBufferPointer) {
        base = bytes.baseAddress
        end = bytes.count
    }

    public enum Token {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(UnsafeBufferPointer<UInt8>)
        case array(Int)
        case map(Int)
    }

    /// The next value or, for containers, its head; nil at the end or on damage.
    public mutating func next() -> Token? {
        guard let tag = byte() else { return nil }
        switch tag {
        case 0x00...0x7F: return .integer(Int64(tag))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: tag)))
        case 0x80...0x8F: return .map(Int(tag & 0x0F))
        case 0x90...0x9F: return .array(Int(tag & 0x0F))
        case 0xA0...0xBF: return string(Int(tag & 0x1F))
        case 0xC0: return .null
        case 0xC2: return .bool(false)
        case 0xC3: return .bool(true)
        case 0xCB: return unsigned(8).map { .number(Double(bitPattern: $0)) }
        case 0xD2: return unsigned(4).map { .integer(Int64(Int32(truncatingIfNeeded: $0))) }
        case 0xD3: return unsigned(8).map { .integer(Int64(bitPattern: $0)) }
        case 0xDA: return unsigned(2).flatMap { string(Int($0)) }
        case 0xDB: return unsigned(4).flatMap { string(Int($0)) }
        case 0xDC: return unsigned(2).map { .array(Int($0)) }
        case 0xDD: return unsigned(4).map { .array(Int($0)) }
        case 0xDE: return unsigned(2).map { .map(Int($0)) }
        case 0xDF: return unsigned(4).map { .map(Int($0)) }
        default: return fail()
        }
    }

    /// Most of what a row holds: the names of its fields, and ids.
    @inline(__always)
    private mutating func shortString() -> UnsafeBufferPointer<UInt8>? {
        guard let base, position < end else { return nil }
        let tag = base.load(fromByteOffset: position, as: UInt8.self)
        var text = position + 1
        var count = Int(tag & 0x1F)
        if tag == 0xDA, end - position > 2 {
            count = Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: text, as: UInt16.self)))
            text += 2
        } else if tag & 0xE0 != 0xA0 {
            return nil
        }
        guard count <= end - text else { return nil }
        position = text + count
        return UnsafeBufferPointer(start: (base + text).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// Passes over the next value whole.
    public mutating func skip() {
        if shortString() != nil { return }
        var pending = 1
        while pending > 0 {
            pending -= 1
            guard let token = next() else { return }
            switch token {
            case .array(let count): pending += count
            case .map(let count): pending += count * 2
            default: break
            }
        }
    }

    /// The number of pairs of the map that comes next; 0 when something else does (which is passed over).
    public mutating func mapCount() -> Int {
        let start = position
        if case .map(let count)? = next() { return count }
        position = start
        skip()
        return 0
    }

    /// Goes through the map that comes next. `read` takes a field's value, or leaves it: then it is passed over.
    /// - Returns: false when the row is damaged.
    public mutating func forEachField(_ read: (UnsafeBufferPointer<UInt8>, inout RowReader) -> Void) -> Bool {
        for _ in 0..<mapCount() {
            guard let name = stringBytes() else { return false }
            let start = position
            read(name, &self)
            if position == start { skip() }
        }
        return true
    }

    public mutating func arrayCount() -> Int {
        let start = position
        if case .array(let count)? = next() { return count }
        position = start
        skip()
        return 0
    }

    public mutating func stringBytes() -> UnsafeBufferPointer<UInt8>? {
        if let short = shortString() { return short }
        let start = position
        if case .string(let bytes)? = next() { return bytes }
        position = start
        skip()
        return nil
    }

    public mutating func integer() -> Int64? {
        let start = position
        switch next() {
        case .integer(let value)?: return value
        case .number(let value)?: return Int64(exactly: value.rounded())
        default:
            position = start
            skip()
            return nil
        }
    }

    public mutating func bool() -> Bool? {
        let start = position
        if case .bool(let value)? = next() { return value }
        position = start
        skip()
        return nil
    }

    /// The next value as a tree; nil on damage.
    public mutating func value(depth: Int = 0) -> JSONValue? {
        guard depth < 512, let token = next() else { return nil }
        switch token {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
        case .array(let count):
            var elements: [JSONValue] = []
            for _ in 0..<count {
                guard let element = value(depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .map(let count):
            var object: JSONObject = [:]
            for _ in 0..<count {
                guard let key = stringBytes(), let element = value(depth: depth + 1) else { return nil }
                object[String(decoding: key, as: UTF8.self)] = element
            }
            return .object(object)
        }
    }

    private mutating func byte() -> UInt8? {
        guard let base, position < end else { return nil }
        defer { position += 1 }
        return base.load(fromByteOffset: position, as: UInt8.self)
    }

    private mutating func unsigned(_ count: Int) -> UInt64? {
        guard let base, end - position >= count else { return fail() }
        var value: UInt64 = 0
        for offset in 0..<count {
            value = value << 8 | UInt64(base.load(fromByteOffset: position + offset, as: UInt8.self))
        }
        position += count
        return value
    }

    private mutating func string(_ count: Int) -> Token? {
        guard let base, count <= end - position else { return fail() }
        defer { position += count }
        let start = (base + position).assumingMemoryBound(to: UInt8.self)
        return .string(UnsafeBufferPointer(start: start, count: count))
    }

    private mutating func fail<T>() -> T? {
        position = end
        return nil
    }
}
