import KongCore
import Testing

@Suite("Rows of the snapshot")
struct RowReaderTests {
    private let row = MessagePack.encode(["a": ["x": [1, 2]], "b": "text", "c": 3])

    @Test("what is not taken of a map is passed over whole")
    func fields() {
        row.withUnsafeBytes { bytes in
            var names: [String] = []
            var number: Int64?
            var reader = RowReader(bytes)
            let isWhole = reader.forEachField { name, value in
                names.append(String(decoding: name, as: UTF8.self))
                if name.isText("c") { number = value.integer() }
            }
            #expect(isWhole && names == ["a", "b", "c"] && number == 3)
            #expect(reader.next() == nil)
        }
    }

    @Test("a row that was cut off is not whole, wherever that was")
    func damaged() {
        // One byte less only takes the last value: its absence shows as nil.
        for count in 1..<(row.count - 1) {
            row.prefix(count).withUnsafeBytes { bytes in
                var number: Int64?
                var reader = RowReader(bytes)
                let isWhole = reader.forEachField { name, value in
                    if name.isText("c") { number = value.integer() }
                }
                #expect(!isWhole && number == nil, "\(count) bytes")
            }
        }
    }
}
