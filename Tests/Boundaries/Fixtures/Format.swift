import Foundation

func badlyFormatted() {
    let value: Int? = 1; print(value!)
}
