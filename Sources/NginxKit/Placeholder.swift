// NginxKit
