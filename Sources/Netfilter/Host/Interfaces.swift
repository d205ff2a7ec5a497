internal import CNetfilter
internal import Glibc

/// The network interfaces of the calling thread's network namespace.
public enum Interfaces {
    /// The number by which packets name an interface; nil if there is none of that name.
    /// The corresponding C function is `if_nametoindex`.
    public static func index(of name: String) -> UInt32? {
        let index = unsafe if_nametoindex(name)
        return index > 0 ? index : nil
    }

    /// The name of an interface. The corresponding C function is `if_indextoname`.
    public static func name(of index: UInt32) -> String? {
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard unsafe if_indextoname(index, &name) != nil else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
