/** Go's time.Time: an instant in nanoseconds and the zone it is shown in. */
export class Time {
  /** Nanoseconds since 1970-01-01T00:00:00Z, may be negative and beyond 64 bits. */
  readonly unixNanos: bigint;
  /** What Go prints as location: `UTC`, an IANA name, or "" for a bare offset. */
  readonly zone: string;
  /** Seconds east of UTC when `zone` is "" or fixed by the source text. */
  readonly offsetSeconds: number;
  constructor(unixNanos: bigint, zone = "UTC", offsetSeconds = 0) {
    this.unixNanos = unixNanos;
    this.zone = zone;
    this.offsetSeconds = offsetSeconds;
  }
}
