// KongCore
