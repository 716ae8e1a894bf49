/** Who asks, as far as flows decide by it. */
export interface Caller {
  /** Goes into usage records and the log. */
  readonly actor: string;
  readonly admin: boolean;
}
