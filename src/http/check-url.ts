/** URLs that no client of ours writes: refused as a whole, whatever route they would come to. */
import { HttpError } from "./error.js";

/** A part `..`, with its dots and slashes as they are or percent-encoded. */
const CLIMBS = /(?:[/\\]|%2f|%5c)(?:\.|%2e){2}(?=$|[/\\]|%2f|%5c)/i;

/**
 * Checks the request's URL, still encoded.
 * @throws {HttpError} http_request_invalid
 */
export function checkUrl(url: string): void {
  // No name or text here holds U+0000, and the database refuses to be asked for it.
  if (url.includes("%00")) {
    throw new HttpError("http_request_invalid", "the URL holds the character U+0000");
  }
  const end = url.indexOf("?");
  if (CLIMBS.test(end === -1 ? url : url.slice(0, end))) {
    throw new HttpError("http_request_invalid", "the URL's path has a part `..`");
  }
}
