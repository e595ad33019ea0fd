import Foundation
import KongCore
import KongTesting
import Testing

@Suite("A static site beside the gateway, from a custom template")
struct StaticSiteTests {
    @Test("the example serves the site with gzip, and the gateway as ever; both survive a reload")
    func example() throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway()
        defer { gateway.discard() }
        let port = try Ports.free()
        let root = gateway.folder + "/site"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        #expect(File.write("<html>" + String(repeating: "<p>hello</p>\n", count: 400), to: root + "/index.html"))
        let extra = ["KONG_STATIC_SITE_ROOT": root, "KONG_STATIC_SITE_LISTEN": "127.0.0.1:\(port)"]
        let template = Product.root + "/nginx-conf-templates/static-site.conf"
        try gateway.start(["--nginx-conf", template], extra: extra)
        let scene = gateway.scene(upstream)
        try scene.route()

        func both() throws {
            let plain = try Request("GET", "/index.html").send(port: port)
            #expect(plain.status == 200 && plain.text.hasPrefix("<html>"))
            let zipped = try Request("GET", "/", headers: [HeaderLine("Accept-Encoding", "gzip")]).send(port: port)
            #expect(zipped.header("Content-Encoding") == "gzip")
            #expect(zipped.body.starts(with: [0x1f, 0x8b]) && zipped.body.count < plain.body.count / 4)
            #expect(try scene.get().status == 200)
            for name in ["Via", "X-Kong-Request-Id", "X-Kong-Proxy-Latency"] { #expect(plain.header(name) == nil) }
        }
        try both()
        #expect(try Request("GET", "/none").send(port: port).status == 404)
        let reloaded = try gateway.kong(["reload", "--nginx-conf", template], extra: extra)
        #expect(reloaded.status == 0, "\(reloaded.text)")
        try both()
        try gateway.verify(workersChanged: true)
    }

    @Test("kong prepare writes nginx-kong.conf, which a user's own nginx.conf includes")
    func included() throws {
        let upstream = try EchoUpstream()
        let gateway = try Gateway.started()
        defer { gateway.discard() }
        let scene = gateway.scene(upstream)
        try scene.route()
        #expect(try gateway.kong(["stop"]).status == 0)
        #expect(try gateway.kong(["prepare"]).status == 0)
        let port = try Ports.free()
        let conf = gateway.folder + "/own.conf"
        #expect(
            File.write(
                """
                load_module \(Product.module);
                daemon off; worker_processes 1; pid \(gateway.folder)/own.pid; error_log \(gateway.folder)/own.log notice;
                events { }
                http {
                  include \(gateway.prefix)/nginx-kong.conf;
                  server { listen 127.0.0.1:\(port); location / { return 200 "mine\\n"; } }
                }
                """, to: conf))
        let nginx = try Command.spawn(["nginx", "-p", gateway.prefix, "-c", conf], errors: gateway.folder + "/own.err")
        defer {
            kill(nginx, SIGKILL)
            var status: Int32 = 0
            waitpid(nginx, &status, 0)
        }
        try eventually("own nginx listens") { (try? Connection(port: port)) != nil }
        #expect(try Request("GET", "/").send(port: port).text == "mine\n")
        #expect(try scene.get().status == 200)
        kill(nginx, SIGQUIT)
        try eventually("it quits") { !Processes.isAlive(nginx) }
        for line in File.text(gateway.folder + "/own.log").split(separator: "\n") {
            #expect(!ErrorLog.isBad(String(line)), "\(line)")
        }
    }
}
