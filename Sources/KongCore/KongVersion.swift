/// The version of Kong whose behaviour this product reproduces; printed wherever Kong prints its own.
public enum KongVersion {
    public static let string = "3.9.3"
}
