import Testing

/// Everything that must be seen with the real kernel, the built programs and real resolvers.
///
/// One test at a time: they share a network namespace, and it has room for one agent.
@Suite("kernel", .serialized)
enum KernelTests {}
