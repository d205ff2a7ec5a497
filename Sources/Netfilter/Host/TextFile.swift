internal import Glibc

/// The whole text of a small file, such as those in /proc; empty if it cannot be read.
func readTextFile(_ path: String) -> String {
    guard let file = try? unsafe Descriptor(open(path, O_RDONLY | O_CLOEXEC), of: "open")
    else { return "" }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8_192)
    while true {
        let count = unsafe read(file.number, &chunk, chunk.count)
        guard count > 0 else { break }
        text += chunk[..<count]
    }
    return String(decoding: text, as: UTF8.self)
}
