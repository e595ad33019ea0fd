// KongNginxModule
