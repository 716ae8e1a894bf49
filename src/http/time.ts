/** Times in query strings. */
import { HttpError } from "./error.js";

/**
 * The time that `text` is, of the parameter `name`. The schema takes leap seconds and the year 0, of
 * which no database or Date knows.
 * @throws {HttpError} http_request_invalid
 */
export function timeOf(text: string, name: string): Date {
  const time = new Date(text);
  if (time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999) return time;
  throw new HttpError("http_request_invalid", `querystring.${name}: ${text} is no time`);
}
