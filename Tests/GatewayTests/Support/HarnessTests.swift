import KongTesting
import Testing

@Suite("The harness itself")
struct HarnessTests {
    @Test("the echo upstream tells what it received, and misbehaves when asked")
    func echo() throws {
        let upstream = try EchoUpstream()
        let seen = try Request(
            "POST", "/x?y=1", headers: [HeaderLine("X-A", "1"), HeaderLine("X-A", "2")], body: Array("body".utf8)
        )
        .send(port: upstream.port)
        #expect(seen.receivedTarget == "/x?y=1")
        #expect(seen.received("x-a") == ["1", "2"])
        #expect(seen.json["body"] == "body")
        #expect(try Request("GET", "/?chunked=1&body=hello+world").send(port: upstream.port).text == "hello world")
        #expect(try Request("GET", "/?status=418&header=X-B:c").send(port: upstream.port).header("x-b") == "c")
        for how in ["close", "reset", "garbage", "truncate"] {
            #expect(throws: HarnessError.self, "\(how)") { try Request("GET", "/?\(how)=1").send(port: upstream.port) }
        }
        #expect(upstream.hits == 7)
    }

    @Test("pipelined answers are told apart")
    func pipelining() throws {
        let upstream = try EchoUpstream()
        let connection = try Connection(port: upstream.port)
        try connection.send((0..<5).map { "GET /?body=\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for number in 0..<5 { #expect(try connection.response().text == "\(number)") }
        connection.reset()
        try eventually("the upstream sees the end") { upstream.connections.open == 0 }
    }

    @Test("a command's exit status and output come back; one that hangs is ended")
    func commands() throws {
        let done = try Command.run(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect(done.status == 3 && done.output == "out\n" && done.errors == "err\n")
        #expect(throws: HarnessError.self) { try Command.run(["sleep", "20"], timeout: 0.1) }
    }

    @Test("an error log's bad lines are told from the others")
    func errorLog() {
        #expect(ErrorLog.isBad("2026/01/01 00:00:00 [alert] 1#1: worker process 2 exited on signal 11"))
        #expect(ErrorLog.isBad("SUMMARY: AddressSanitizer: heap-use-after-free"))
        #expect(!ErrorLog.isBad("2026/01/01 00:00:00 [error] 1#1: *1 connect() failed"))
    }
}
