// KongSnapshot
