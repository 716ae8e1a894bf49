/** Times that people type: a day, or a day and a time with its zone. */
import { UsageError } from "../frame/usage.js";

/** The time in UTC; of a day its `start` or its `end`. @throws {UsageError} */
export function parseTime(text: string, flag: string, of: "start" | "end"): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = new Date(isDay ? `${text}T${of === "end" ? "23:59:59.999" : "00:00:00"}Z` : text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  if ((isDay || isTime) && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new UsageError(`${flag} ${text} is no time`, "write 2026-06-01 or 2026-06-01T12:00:00Z");
}
