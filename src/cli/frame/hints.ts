/** What helps at a command line, where the registry's own hint is for who sends requests. */
import type { BackbarError } from "../../errors.js";

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    "http_token_required",
    "backbar login URL --token-file FILE keeps a token; BACKBAR_TOKEN is one",
  ],
  ["environment_unknown", "backbar env list shows those that are there"],
  ["release_none", "backbar release cut makes one; one that waits is served after backbar approve"],
  ["release_waiting", "somebody else than who cut it approves it: backbar approve"],
  ["recipe_unknown", "backbar search finds those that are there"],
  ["namespace_unknown", "an administrator makes it: backbar namespace create"],
  ["entry_list_unknown", "backbar entry-list list shows those that are there"],
]);

/** The registry speaks of requests and headers. */
const OF_REQUESTS = /\b(?:GET|PUT|POST|DELETE) \/v1\/|`Authorization:/;

/** The hint of `error` for whoever typed a command. */
export function hintOf({ code, hint }: BackbarError): string | undefined {
  return hint !== undefined && OF_REQUESTS.test(hint) ? (HINTS.get(code) ?? hint) : hint;
}
