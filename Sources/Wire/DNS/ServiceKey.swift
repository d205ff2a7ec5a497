extension DNS {
    /// Keys of SVCB and HTTPS parameters (RFC 9460 section 14.3.2).
    public enum ServiceKey {
        public static let mandatory: UInt16 = 0
        public static let alpn: UInt16 = 1
        public static let noDefaultALPN: UInt16 = 2
        public static let port: UInt16 = 3
        public static let ipv4hint: UInt16 = 4
        public static let ech: UInt16 = 5
        public static let ipv6hint: UInt16 = 6
    }
}
