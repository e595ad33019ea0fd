import KongCore

/// The routes and services that a worker knows, by number, and which route belongs to which service.
///
/// Flat arrays: a hundred thousand routes are read when a worker is born, and it is born to answer.
struct RouteSlots: ~Copyable {
    private struct Route {
        var id: UUIDBytes
        /// Nil while the route is in no router.
        var entry: RouteEntry?
        var service: Int32 = -1
        /// The neighbours among the routes of its service.
        var next: Int32 = -1
        var previous: Int32 = -1
    }

    private struct Service {
        var id: UUIDBytes
        /// Nil while routes name a service that is not there.
        var entry: ServiceEntry?
        /// Whether its routes are there: also those of a service that is missing are.
        var isEnabled = true
        var firstRoute: Int32 = -1
    }

    private var routes: ContiguousArray<Route> = []
    private var routeNumbers = NumberTable()
    private var freeRoutes: [Int32] = []
    private var services: ContiguousArray<Service> = []
    private var serviceNumbers = NumberTable()
    private var freeServices: [Int32] = []

    // MARK: routes

    func number(ofRoute id: UUIDBytes) -> Int? { routeNumbers[id].map { Int($0) } }

    @inline(__always)
    func entry(_ number: Int) -> Unmanaged<RouteEntry>? {
        number < routes.count ? routes[number].entry.map { Unmanaged.passUnretained($0) } : nil
    }

    mutating func setEntry(_ entry: RouteEntry, _ number: Int) { routes[number].entry = entry }

    func isServiceEnabled(ofRoute number: Int) -> Bool {
        let service = routes[number].service
        return service < 0 || services[Int(service)].isEnabled
    }

    func service(ofRoute number: Int) -> ServiceEntry? {
        let service = routes[number].service
        return service >= 0 ? services[Int(service)].entry : nil
    }

    /// - Precondition: the route is not known yet.
    mutating func addRoute(_ id: UUIDBytes, service serviceID: UUIDBytes?) -> Int {
        var route = Route(id: id)
        let number = freeRoutes.popLast() ?? Int32(routes.count)
        if let serviceID {
            let service = Int(serviceNumber(serviceID))
            route.service = Int32(service)
            route.next = services[service].firstRoute
            if route.next >= 0 { routes[Int(route.next)].previous = number }
            services[service].firstRoute = number
        }
        if Int(number) == routes.count { routes.append(route) } else { routes[Int(number)] = route }
        routeNumbers.insert(id, number)
        return Int(number)
    }

    mutating func removeRoute(_ number: Int) {
        let route = routes[number]
        if route.previous >= 0 {
            routes[Int(route.previous)].next = route.next
        } else if route.service >= 0 {
            services[Int(route.service)].firstRoute = route.next
        }
        if route.next >= 0 { routes[Int(route.next)].previous = route.previous }
        routeNumbers.remove(route.id)
        routes[number] = Route(id: UUIDBytes(high: 0, low: 0))
        freeRoutes.append(Int32(number))
        if route.service >= 0 { dropIfUnused(route.service) }
    }

    // MARK: services

    /// The ids of a service's routes.
    func routes(ofService id: UUIDBytes) -> [UUIDBytes] {
        guard let service = serviceNumbers[id] else { return [] }
        var ids: [UUIDBytes] = []
        var route = services[Int(service)].firstRoute
        while route >= 0 {
            ids.append(routes[Int(route)].id)
            route = routes[Int(route)].next
        }
        return ids
    }

    mutating func setService(_ id: UUIDBytes, _ entry: ServiceEntry?) {
        guard entry != nil || serviceNumbers[id] != nil else { return }
        let number = serviceNumber(id)
        services[Int(number)].entry = entry
        services[Int(number)].isEnabled = entry?.enabled ?? true
        dropIfUnused(number)
    }

    private mutating func serviceNumber(_ id: UUIDBytes) -> Int32 {
        if let known = serviceNumbers[id] { return known }
        let number = freeServices.popLast() ?? Int32(services.count)
        let service = Service(id: id)
        if Int(number) == services.count { services.append(service) } else { services[Int(number)] = service }
        serviceNumbers.insert(id, number)
        return number
    }

    private mutating func dropIfUnused(_ number: Int32) {
        let service = services[Int(number)]
        guard service.entry == nil, service.firstRoute < 0 else { return }
        serviceNumbers.remove(service.id)
        freeServices.append(number)
    }
}
