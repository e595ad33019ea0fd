// How long the router takes to match, by number of routes: mixed kinds, requests in random order with ids in their
// paths. Prints one JSON line: {"<routes>": nanoseconds, …}. Run by scripts/bench (row `router`).
import Glibc
import KongCore

/// A request, as bytes that outlive the measurement.
struct Sample {
    let path: [UInt8]
    let host: [UInt8]
    let method: MethodSet
}

/// The same numbers every time: figures of two builds must be about the same requests.
struct Numbers {
    var state: UInt64 = 88_172_645_463_325_252

    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}

/// Of ten routes: five by path alone, two by host and path, one each by wildcard host, by method, by host alone.
func route(_ number: Int) -> RouteDefinition {
    var route = RouteDefinition(id: UUIDBytes(high: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, low: UInt64(number)))
    let path = Array("/api/r\(number)/items".utf8)
    switch number % 10 {
    case 5, 6: (route.hosts, route.paths) = ([Array("h\(number).example.com".utf8)], [path])
    case 7: (route.hosts, route.paths) = ([Array("*.w\(number).example.com".utf8)], [path])
    case 8: (route.methods, route.paths) = ([Array("GET".utf8), Array("POST".utf8)], [path])
    case 9: route.hosts = [Array("only\(number).example.com".utf8)]
    default: route.paths = [path]
    }
    return route
}

func sample(for number: Int, _ numbers: inout Numbers) -> Sample {
    let path = Array("/api/r\(number)/items/\(String(numbers.below(1 << 40), radix: 16))".utf8)
    let host =
        switch number % 10 {
        case 5, 6: "h\(number).example.com"
        case 7: "www.w\(number).example.com"
        case 9: "only\(number).example.com"
        default: "gateway.example.com"
        }
    return Sample(path: path, host: Array(host.utf8), method: MethodSet(name: "GET".utf8))
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Nanoseconds per match: the best of several rounds, as noise only ever adds.
func measure(_ count: Int) throws -> Double {
    let router = Router()
    for number in 0..<count { try router.add(route(number), as: number) }
    var numbers = Numbers()
    let samples = (0..<8192).map { _ in
        let number = numbers.below(count)
        return (number, sample(for: number, &numbers))
    }
    let get = Array("GET".utf8)
    var best = Double.infinity
    for _ in 0..<9 {
        let start = now()
        for (number, sample) in samples {
            let found = sample.path.withUnsafeBufferPointer { path in
                sample.host.withUnsafeBufferPointer { host in
                    get.withUnsafeBufferPointer { method in
                        let query = RouteQuery(
                            path: path, host: host, port: 80, method: sample.method, methodName: method, sni: nil)
                        return router.match(query) { _ in nil }?.route
                    }
                }
            }
            precondition(found == number, "request for route \(number) went to \(String(describing: found))")
        }
        best = min(best, (now() - start) / Double(samples.count))
    }
    return best
}

let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
if CommandLine.arguments.contains("expressions") {
    for count in counts.isEmpty ? [1, 1_000, 10_000, 100_000] : counts { _ = try measureExpressions(count) }
    exit(0)
}
let figures = try (counts.isEmpty ? [1, 10_000, 100_000] : counts).map { "\"\($0)\":\(try measure($0))" }
print("{\(figures.joined(separator: ","))}")
