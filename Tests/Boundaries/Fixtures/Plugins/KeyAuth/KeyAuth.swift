let stolen = Acl.priority
