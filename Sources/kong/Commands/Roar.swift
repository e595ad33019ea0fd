import ArgumentParser

struct Roar: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "roar", abstract: "Roar.", shouldDisplay: false)

    func run() {
        Console.print(
            """
               .-"-.
             _/_-.-_\\_    kong
            ( (o   o) )
             |/  "  \\|
              \\'/^\\'/
              /`\\_/`\\
            """)
    }
}
