internal import CNetfilter

/// The code that a process runs once, when it starts.
public enum StartUpCode {
    /// Lets go of its pages, which would count as this process's memory for as long as it lives. What
    /// is needed again comes back from the page cache, 64 KiB at a time.
    public static func release() { bn_release_code() }
}
