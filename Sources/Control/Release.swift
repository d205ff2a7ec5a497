/// This release of Brownout: one version for agent, client and API document.
public enum Release {
    public static let version = "0.1.0"
}
