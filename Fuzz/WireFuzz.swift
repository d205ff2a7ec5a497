import Wire

// libFuzzer brings a `main` of its own; `Fuzz/run` builds with it and defines FUZZING. The target
// in Package.swift keeps this code compiling.
#if FUZZING
    /// The entry of libFuzzer. The corresponding C function is `LLVMFuzzerTestOneInput`.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        // Outside Netfilter this is the one `unsafe`: libFuzzer hands over a pointer.
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        checkMessage(bytes)
        checkPacket(bytes)
        return 0
    }
#else
    @main enum WithoutFuzzer {
        static func main() {
            print("wirefuzz was built without libFuzzer: use Fuzz/run")
        }
    }
#endif
