// KongStore
