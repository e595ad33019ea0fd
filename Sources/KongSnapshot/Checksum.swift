import Glibc

/// A checksum against accidents, not against attackers: the snapshot is guarded by its permissions.
enum Checksum {
    /// Of the whole file, as hex digits; `-` when it cannot be read.
    static func ofFile(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "-" }
        defer { close(descriptor) }
        var sums: (UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F)
        var total = 0
        let size = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, size)
            if count <= 0 { break }
            total += count
            var offset = 0
            while offset + 16 <= count {
                sums.0 = (sums.0 ^ buffer.load(fromByteOffset: offset, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
                sums.1 = (sums.1 ^ buffer.load(fromByteOffset: offset + 8, as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
                sums.0 ^= sums.0 >> 29
                sums.1 ^= sums.1 >> 31
                offset += 16
            }
            while offset < count {
                sums.0 = (sums.0 ^ UInt64(buffer[offset])) &* 0x0000_0100_0000_01B3
                offset += 1
            }
        }
        return "\(total)-\(String(sums.0, radix: 16))-\(String(sums.1, radix: 16))"
    }
}
