// KongAdmin
