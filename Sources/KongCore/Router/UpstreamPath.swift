/// The path sent upstream: service path + request path less what the route strips (path_handling v0).
///
/// Source: Kong's `kong/router/fields`/`utils.lua` get_upstream_uri_v0; table in `docs/architecture.md`.
public enum UpstreamPath {
    /// - Parameters:
    ///   - base: the service's path, `/` when it has none.
    ///   - request: the normalised request path.
    ///   - stripped: how many leading bytes of `request` the route strips; 0 when it keeps them.
    public static func join(
        base: UnsafeBufferPointer<UInt8>, request: UnsafeBufferPointer<UInt8>, stripped: Int, strip: Bool,
        into out: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var writer = Writer(out: out)
        let slash = UInt8(ascii: "/")
        let baseEndsWithSlash = base.last == slash
        if strip {
            let rest = cleaned(slice(request, from: stripped))
            if rest.isEmpty {
                let requestEndsWithSlash = request.count > 1 && request.last == slash
                if baseEndsWithSlash {
                    if base.count == 1 || requestEndsWithSlash {
                        writer.append(base)
                    } else {
                        writer.append(slice(base, upTo: base.count - 1))
                    }
                } else {
                    writer.append(base)
                    if requestEndsWithSlash { writer.append(slash) }
                }
            } else if rest.first == slash {
                writer.append(baseEndsWithSlash ? slice(base, upTo: base.count - 1) : base)
                writer.append(rest)
            } else {
                writer.append(base)
                if !baseEndsWithSlash { writer.append(slash) }
                writer.append(rest)
            }
        } else if baseEndsWithSlash {
            writer.append(base)
            writer.append(slice(request, from: 1))
        } else {
            writer.append(base)
            if request.count > 1 { writer.append(request) }
        }
        return writer.count
    }

    /// `path_handling = v1`, which has an effect in the `traditional` flavour only: what is left of the request's path
    /// follows the service's path as it is.
    ///
    /// - Parameter stripped: as for `join`; 0: no path of the route matched.
    public static func joinV1(
        base: UnsafeBufferPointer<UInt8>, request: UnsafeBufferPointer<UInt8>, stripped: Int, strip: Bool,
        into out: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var writer = Writer(out: out)
        let rest = strip && stripped > 0 ? cleaned(slice(request, from: stripped)) : slice(request, from: 1)
        let slash = UInt8(ascii: "/")
        let meet = strip && base.last == slash && rest.first == slash
        writer.append(meet ? slice(base, upTo: base.count - 1) : base)
        writer.append(rest)
        return writer.count
    }

    /// A remainder that is `.` or `..` is dropped, a leading `./` or `../` removed: it must not climb out of base.
    private static func cleaned(_ rest: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let dot = UInt8(ascii: ".")
        let slash = UInt8(ascii: "/")
        guard rest.first == dot else { return rest }
        if rest.count == 1 { return slice(rest, from: 1) }
        if rest[1] == slash { return slice(rest, from: 2) }
        if rest[1] == dot {
            if rest.count == 2 { return slice(rest, from: 2) }
            if rest[2] == slash { return slice(rest, from: 3) }
        }
        return rest
    }

    @inline(__always)
    private static func slice(_ bytes: UnsafeBufferPointer<UInt8>, from: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[min(from, bytes.count)...])
    }

    @inline(__always)
    private static func slice(_ bytes: UnsafeBufferPointer<UInt8>, upTo: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[..<max(upTo, 0)])
    }

    private struct Writer {
        let out: UnsafeMutableBufferPointer<UInt8>
        var count = 0
        mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
            let n = min(bytes.count, out.count - count)
            guard n > 0, let source = bytes.baseAddress, let target = out.baseAddress else { return }
            (target + count).update(from: source, count: n)
            count += n
        }
        mutating func append(_ byte: UInt8) {
            guard count < out.count else { return }
            out[count] = byte
            count += 1
        }
    }
}
