import Foundation
import KongTesting
import Testing

@Suite("The module loaded and unused changes nothing")
struct ModuleUnusedTests {
    private func answers(with module: Bool, _ upstream: EchoUpstream) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.path + "/kong-plain-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder + "/site", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // temporary anyway
        #expect(File.write("<p>hello</p>\n", to: folder + "/site/index.html"))
        let port = try Ports.free()
        #expect(
            File.write(
                """
                \(module ? "load_module \(Product.module);" : "")
                worker_processes 2; daemon off; pid \(folder)/nginx.pid; error_log \(folder)/error.log notice;
                events { worker_connections 256; }
                http {
                  access_log off; server_tokens off; types { text/html html; }
                  client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p; fastcgi_temp_path \(folder)/f;
                  uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
                  upstream up { server 127.0.0.1:\(upstream.port); keepalive 8; }
                  server {
                    listen 127.0.0.1:\(port);
                    location / { root \(folder)/site; error_page 404 = @missing; }
                    location @missing { return 404 "missing $uri\\n"; }
                    location /up/ { proxy_pass http://up/; proxy_set_header Host fixed; add_header X-Added yes; }
                    location = /moved { return 301 /; }
                    location = /mirrored { mirror /up/mirror; proxy_pass http://up/main; proxy_set_header Host fixed; }
                    error_page 502 /index.html;
                  }
                }
                """, to: folder + "/nginx.conf"))
        let nginx = try Command.spawn(
            ["nginx", "-p", folder, "-c", folder + "/nginx.conf"], errors: folder + "/stderr")
        defer {
            kill(nginx, SIGKILL)
            var status: Int32 = 0
            waitpid(nginx, &status, 0)
        }
        try eventually("nginx listens: \(File.text(folder + "/stderr"))") { (try? Connection(port: port)) != nil }
        let requests = [
            Request("GET", "/"), Request("GET", "/none"), Request("GET", "/moved"),
            Request("POST", "/up/x?y=1", body: Array("body".utf8)),
            Request("HEAD", "/"), Request("GET", "/mirrored"), Request("GET", "/up/?status=503"),
            Request("DELETE", "/"),
        ]
        var seen = try requests.map { request -> String in
            let response = try request.send(port: port)
            let headers = response.headers.filter { !["Date", "Last-Modified", "ETag"].contains($0.name) }.map {
                "\($0.name): \($0.value)"
            }
            return "\(request.method) \(request.target) \(response.status) \(headers) \(response.text)"
                .replacingOccurrences(of: "\(port)", with: "PORT")
        }
        let workers = Processes.workers(of: nginx)
        seen.append("workers \(workers.count)")
        for worker in workers {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task"))?.count ?? 0
            #expect(threads == 1, "a worker that uses nothing has no thread of its own")
        }
        kill(nginx, SIGHUP)
        try eventually("reloaded") {
            let now = Processes.workers(of: nginx)
            return now.count == 2 && Set(now).isDisjoint(with: workers) && workers.allSatisfy { !Processes.isAlive($0) }
        }
        #expect(try Request("GET", "/").send(port: port).status == 200)
        kill(nginx, SIGQUIT)
        try eventually("it quits") { !Processes.isAlive(nginx) }
        let log = File.text(folder + "/error.log")
        for mark in ["[alert]", "[emerg]", "[crit]", "exited on signal"] { #expect(!log.contains(mark), "\(log)") }
        return seen
    }

    @Test("a plain nginx.conf answers alike with and without load_module, through reload and quit")
    func same() throws {
        let upstream = try EchoUpstream()
        #expect(try answers(with: true, upstream) == answers(with: false, upstream))
    }
}
