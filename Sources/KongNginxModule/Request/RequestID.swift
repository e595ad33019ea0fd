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
        // Eight nibbles at a time, spread to bytes, then to digits without a branch.
        spread(UInt32(truncatingIfNeeded: value >> 32), out)
        spread(UInt32(truncatingIfNeeded: value), out + 8)
    }

    @inline(__always)
    private static func spread(_ value: UInt32, _ out: UnsafeMutablePointer<UInt8>) {
        var x = UInt64(value)
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFF
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FF
        x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((x &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        let digits = x &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
        UnsafeMutableRawPointer(out).storeBytes(of: digits.byteSwapped, as: UInt64.self)
    }
}
