import Spec
import Testing

@Suite struct BroadnessTests {
    static let tooBroad = [
        "*", "*.*", "*.*.*", "**", "*.**", "com", "COM.", "*.com", "*.*.com", "uk", "*.uk", "co.uk",
        "*.co.uk", "*.*.uk", "com.au", "*.com.au", "*.co.*", "*.*.co.uk", "*.xyz", "*.nosuchtld",
        "*.aws", "*.c*", "*.co*.uk", "*.com.br", "ac.jp", "*.com.*",
    ]

    static let fine = [
        "amazonaws.com", "*.amazonaws.com", "*.api.aws", "*.on.aws", "*.example.co.uk",
        "example.co.uk", "*.bbc.co.uk", "sts.*.amazonaws.com", "redis", "db", "*.test",
        "*.internal",
        "*.consul", "*.svc.cluster.local", "example.*", "*.example.*", "*.compute.internal",
        "x*.test", "dynamodb.us-east-1.amazonaws.com", "*.com.example.test", "api*.com",
    ]

    @Test(arguments: tooBroad) func isTooBroad(_ text: String) throws {
        #expect(try NamePattern(parsing: text).isTooBroad)
    }

    @Test(arguments: fine) func isNotTooBroad(_ text: String) throws {
        #expect(try !NamePattern(parsing: text).isTooBroad)
    }
}
