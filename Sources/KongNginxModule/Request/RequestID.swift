import KongCore
import NginxKit

/// 32 lower-case hex digits per request, random; not a secret.
enum RequestID {
    // xoshiro256++, seeded by the kernel when the worker starts; only the loop's thread touches it.
    nonisolated(unsafe) private static var state: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)

    static func seed() {
        var kernel = SystemRandomNumberGenerator()
        state = (kernel.next(), kernel.next(), kernel.next(), kernel.next() | 1)
    }

    @inline(__always)
    private static func next() -> UInt64 {
        let sum = state.0 &+ state.3
        let result = (sum << 23 | sum >> 41) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// The request's id, made when somebody first asks.
    @inline(__always)
    static func get(_ r: Request, _ ctx: RequestContext) -> UnsafeBufferPointer<UInt8> {
        let raw = UnsafeMutableRawPointer(ctx).advanced(
            by: MemoryLayout<kng_ctx_t>.offset(of: \kng_ctx_t.request_id) ?? 0)
        let bytes = raw.assumingMemoryBound(to: UInt8.self)
        if ctx.pointee.has_request_id == 0 {
            ctx.pointee.has_request_id = 1
            hex(next(), bytes)
            hex(next(), bytes + 16)
        }
        return UnsafeBufferPointer(start: bytes, count: 32)
    }

    @inline(__always)
    private static func hex(_ value: UInt64, _ out: UnsafeMutablePointer<UInt8>) {
        let raw = UnsafeMutableRawPointer(out)
        raw.storeBytes(of: HexWord.digits(UInt32(truncatingIfNeeded: value >> 32)).bigEndian, as: UInt64.self)
        raw.storeBytes(
            of: HexWord.digits(UInt32(truncatingIfNeeded: value)).bigEndian, toByteOffset: 8, as: UInt64.self)
    }
}
