/** What a process does in the background again and again, one round at a time. */

export interface Rounds {
  /** One more round, after the one under way. */
  now(): Promise<void>;
  /** Begins no more rounds, and waits for the one under way. */
  stop(): Promise<void>;
}

/** Runs `work` every so often. What fails is for the next round. */
export function repeat(work: () => Promise<unknown>, everyMs: number): Rounds {
  let running: Promise<void> | undefined;
  const now = () => {
    const round: Promise<void> = (running ?? Promise.resolve())
      .then(work)
      .catch(() => {})
      .then(() => {
        if (running === round) running = undefined;
      });
    running = round;
    return round;
  };
  const timer = setInterval(() => {
    if (running === undefined) void now();
  }, everyMs).unref();
  return {
    now,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
