import KongCore
import KongPDK

/// One consumer's membership of one group.
final class AclGroup: WorkerEntity {
    static let entity = "acls"
    let group: String

    init?(id: UUIDBytes, row: inout RowReader) {
        var group: String?
        for _ in 0..<row.mapCount() {
            guard let key = row.stringBytes() else { return nil }
            if key.isText("group") {
                group = row.stringBytes().map { String(decoding: $0, as: UTF8.self) }
            } else {
                row.skip()
            }
        }
        guard let group else { return nil }
        self.group = group
    }
}
