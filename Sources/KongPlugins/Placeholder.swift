// KongPlugins
