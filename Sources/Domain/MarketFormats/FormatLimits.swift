/// The most this program reads from one file or response. A board has little memory, and a file beyond these is not
/// what it says it is; each limit refuses the file with an error.
public enum FormatLimits {
  /// Ten years of hourly weather in six variables take 4 MB.
  public static let weatherBytes = 16 << 20
  /// Stamps of one block: 30 years of hours.
  public static let weatherStamps = 262_144
  /// The largest ensembles in service have some 50 members.
  public static let weatherMembers = 200
  /// A year of half hours in 19 columns takes 2 MB.
  public static let tableBytes = 16 << 20
  /// Five years of five-minute prices.
  public static let tableRows = 600_000
  /// An answer of a price or carbon service: a fortnight of quarter hours with the mix of fuels takes 1.5 MB.
  public static let feedBytes = 4 << 20
  /// A year of quarter hours.
  public static let feedRows = 40_000
}
