// KongPDK
