import KongCore

/// A request of which only path and host tell.
struct SampleRequest: RoutableRequest {
    let path: UnsafeBufferPointer<UInt8>
    let host: UnsafeBufferPointer<UInt8>?
    let method: UnsafeBufferPointer<UInt8>
    var isTLS: Bool { false }
    var serverName: UnsafeBufferPointer<UInt8>? { nil }
    var query: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
    var sourceAddress: NetworkAddress? { nil }
    var sourcePort: UInt16 { 0 }
    var destinationAddress: NetworkAddress? { nil }
    var destinationPort: UInt16 { 80 }
    func forEachHeader(_ name: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {}
}

/// The routes of `route(_:)`, written as expressions.
func expression(_ number: Int) -> ExpressionRoute {
    let path = "http.path ^= \"/api/r\(number)/items\""
    var route = ExpressionRoute(definition: route(number))
    route.protocols = ["http", "https"]
    route.expression =
        switch number % 10 {
        case 5, 6: "http.host == \"h\(number).example.com\" && \(path)"
        case 7: "http.host =^ \".w\(number).example.com\" && \(path)"
        case 8: "(http.method == \"GET\" || http.method == \"POST\") && \(path)"
        case 9: "http.host == \"only\(number).example.com\""
        default: path
        }
    return route
}

/// Nanoseconds per match, as `measure` has it.
func measureExpressions(_ count: Int) throws -> Double {
    let router = ExpressionRouter()
    let begin = now()
    for number in 0..<count { try router.add(expression(number), as: number) }
    let load = (now() - begin) / Double(count)
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
                        router.match(SampleRequest(path: path, host: host, method: method))?.route
                    }
                }
            }
            precondition(found == number, "request for route \(number) went to \(String(describing: found))")
        }
        best = min(best, (now() - start) / Double(samples.count))
    }
    print("\(count) expressions: \(Int(load)) ns to add, \(Int(best)) ns to match")
    return best
}
