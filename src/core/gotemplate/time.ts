/** Go's time.Local, which is UTC here; but Go compares and prints it as a location of its own. */
export const LOCAL = "Local";

/** Go's time.Time: an instant in nanoseconds and the zone it is shown in. */
export class Time {
  /** Nanoseconds since 1970-01-01T00:00:00Z, may be negative and beyond 64 bits. */
  readonly unixNanos: bigint;
  /** The location: `UTC`, `LOCAL`, an IANA name, or "" for a bare offset. */
  readonly zone: string;
  /** Seconds east of UTC when `fixed`. */
  readonly offsetSeconds: number;
  /**
   * Whether `zone` is only the abbreviation that a text gave for `offsetSeconds`: "EST" read from a
   * text is such a zone, "EST" as an IANA name is not.
   */
  readonly fixed: boolean;
  constructor(unixNanos: bigint, zone = "UTC", offsetSeconds = 0, fixed = zone === "") {
    this.unixNanos = unixNanos;
    this.zone = zone;
    this.offsetSeconds = offsetSeconds;
    this.fixed = fixed;
  }
}
