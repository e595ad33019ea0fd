/// Candidates in lists, the one that wins first, linked through one array.
struct CandidateLists: ~Copyable {
    private(set) var all: ContiguousArray<Candidate> = []
    private var free: Int32 = -1

    /// Adds a candidate where it belongs in the list that starts at `head` (-1: an empty one).
    /// - Returns: the list's head from now on.
    mutating func insert(_ candidate: Candidate, _ head: Int32) -> Int32 {
        var previous: Int32 = -1
        var next = head
        while next >= 0, !candidate.wins(over: all[Int(next)]) {
            previous = next
            next = all[Int(next)].next
        }
        var candidate = candidate
        candidate.next = next
        let index = place(candidate)
        if previous < 0 { return index }
        all[Int(previous)].next = index
        return head
    }

    /// Takes out what belongs to a route, and tells `removed` of it.
    /// - Returns: the list's head from now on, -1 when nothing is left.
    mutating func remove(_ route: Int32, _ head: Int32, _ removed: (Candidate) -> Void) -> Int32 {
        var head = head
        var previous: Int32 = -1
        var index = head
        while index >= 0 {
            let candidate = all[Int(index)]
            if candidate.route == route {
                if previous < 0 { head = candidate.next } else { all[Int(previous)].next = candidate.next }
                removed(candidate)
                all[Int(index)].next = free
                free = index
            } else {
                previous = index
            }
            index = candidate.next
        }
        return head
    }

    private mutating func place(_ candidate: Candidate) -> Int32 {
        guard free >= 0 else {
            all.append(candidate)
            return Int32(all.count - 1)
        }
        let index = free
        free = all[Int(index)].next
        all[Int(index)] = candidate
        return index
    }
}

/// Where each route's candidates hang, for removal: linked through one array too.
struct CandidatePlaces {
    struct Place {
        var node: Int32
        var host: HostTable.Place?
        fileprivate var next: Int32 = -1

        init(node: Int32, host: HostTable.Place?) {
            self.node = node
            self.host = host
        }
    }

    private var places: ContiguousArray<Place> = []
    /// By route number.
    private var heads: ContiguousArray<Int32> = []
    private var free: Int32 = -1
    /// Routes that hang anywhere.
    private(set) var count = 0

    mutating func add(_ place: Place, _ route: Int32) {
        while heads.count <= Int(route) { heads.append(-1) }
        var place = place
        if heads[Int(route)] < 0 { count += 1 }
        place.next = heads[Int(route)]
        if free >= 0 {
            heads[Int(route)] = free
            let next = places[Int(free)].next
            places[Int(free)] = place
            free = next
        } else {
            heads[Int(route)] = Int32(places.count)
            places.append(place)
        }
    }

    /// Empties a route's list and hands out what was in it.
    mutating func removeAll(_ route: Int32) -> [Place] {
        guard route >= 0, Int(route) < heads.count, heads[Int(route)] >= 0 else { return [] }
        var out: [Place] = []
        var index = heads[Int(route)]
        heads[Int(route)] = -1
        count -= 1
        while index >= 0 {
            let place = places[Int(index)]
            out.append(place)
            places[Int(index)].next = free
            free = index
            index = place.next
        }
        return out
    }
}
