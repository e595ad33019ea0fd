enum Acl { static let priority = 950 }
