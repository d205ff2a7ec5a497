import Testing

/// All tests that arm rules: the table is one per network namespace, so they run one after another.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct KernelTests {}
