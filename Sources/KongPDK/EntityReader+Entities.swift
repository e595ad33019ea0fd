import KongCore

// Generic only where the entity is known: in the plugin. What the gateway implements is not.
extension EntityReader {
    @Worker @inlinable
    public func find<E: WorkerEntity>(_ type: E.Type, id: UUIDBytes) throws(PluginError) -> E? {
        var found: E?
        try withRow(type.entity, id: id) { row in found = E(id: id, row: &row) }
        return found
    }

    /// The entity whose unique field has this value.
    @Worker @inlinable
    public func find<E: WorkerEntity>(
        _ type: E.Type, field: String, _ value: UnsafeBufferPointer<UInt8>
    ) throws(PluginError) -> E? {
        var found: E?
        try withRow(type.entity, field: field, value) { id, row in found = E(id: id, row: &row) }
        return found
    }

    /// The entities whose foreign field names this parent, ascending by id.
    @Worker @inlinable
    public func children<E: WorkerEntity>(
        _ type: E.Type, field: String, of parent: UUIDBytes
    ) throws(PluginError) -> [E] {
        var found: [E] = []
        try forEachChild(type.entity, field: field, of: parent) { id, row in
            if let child = E(id: id, row: &row) { found.append(child) }
        }
        return found
    }
}
