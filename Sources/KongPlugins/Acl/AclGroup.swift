import KongCore
import KongPDK

/// One consumer's membership of one group.
final class AclGroup: WorkerEntity {
    static let entity = "acls"
    let group: String

    init?(id: UUIDBytes, row: inout RowReader) {
        var group: String?
        let isWhole = row.forEachField { name, value in
            if name.isText("group") { group = value.stringBytes().map { String(decoding: $0, as: UTF8.self) } }
        }
        guard isWhole, let group else { return nil }
        self.group = group
    }
}
