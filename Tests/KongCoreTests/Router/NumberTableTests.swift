import Testing

@testable import KongCore

@Suite("Numbers by id")
struct NumberTableTests {
    @Test("what is in is found, what went is not, whatever the order")
    func churn() {
        var table = NumberTable()
        var model: [UUIDBytes: Int32] = [:]
        var random: UInt64 = 7
        func next(_ bound: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % bound
        }
        for step in 0..<50_000 {
            // Few distinct ids of equal hashes, so that searches run into one another.
            let low = next(700)
            let id = UUIDBytes(high: low % 3 == 0 ? low : 0, low: low)
            if model[id] == nil {
                table.insert(id, Int32(step))
                model[id] = Int32(step)
            } else {
                table.remove(id)
                model[id] = nil
            }
        }
        #expect(table.count == model.count)
        for low in 0..<UInt64(700) {
            let id = UUIDBytes(high: low % 3 == 0 ? low : 0, low: low)
            #expect(table[id] == model[id])
        }
        for id in model.keys { table.remove(id) }
        #expect(table.count == 0)
    }
}
