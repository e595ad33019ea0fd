// KongTesting
