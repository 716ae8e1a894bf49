/** What helps at a command line, where the registry's own hint is for who sends requests. */
import type { BackbarError } from "../../errors.js";

const LOOKING: ReadonlyMap<string, string> = new Map([
  [
    "http_token_required",
    "backbar login URL --token-file FILE keeps a token; BACKBAR_TOKEN is one",
  ],
  ["environment_unknown", "backbar env list shows those that are there"],
  ["recipe_unknown", "backbar search finds those that are there"],
  ["entry_list_unknown", "backbar entry-list list shows those that are there"],
]);

/** Of what has no hint of its own, and is in no file. */
const WITHOUT: ReadonlyMap<string, string> = new Map([
  [
    "client_unreachable",
    "--server or BACKBAR_SERVER names another; backbar context list shows those that you logged in to",
  ],
  [
    "client_url",
    "such as https://recipes.example.com or, on this machine, http://localhost:8080 (--server, BACKBAR_SERVER)",
  ],
  [
    "http_token_invalid",
    "it is that of --token-file, else of BACKBAR_TOKEN or BACKBAR_TOKEN_FILE, else what backbar login keeps",
  ],
  ["http_token_expired", "an administrator makes another: backbar token create"],
  ["environment_name", "backbar env list shows those that are there"],
  ["entry_list_name", "backbar entry-list list shows those that are there"],
  ["namespace_name", "backbar namespace list shows those that are there"],
  ["recipe_name", "backbar search finds those that are there"],
  ["release_unknown", "backbar release list ENVIRONMENT shows those that are there"],
  [
    "resolve_no_match",
    "backbar search --type TYPE finds recipes for it; backbar env edit adds one",
  ],
]);

/** The registry speaks of requests and headers. */
const OF_REQUESTS = /\b(?:GET|PUT|POST|DELETE) \/v1\/|`Authorization:/;

/** Requests that a command makes. */
const COMMANDS: readonly (readonly [request: RegExp, command: string])[] = [
  [/GET \/v1\/recipes\/([^/\s]+\/[^/\s]+)\/versions(?!\/)/, "backbar show $1"],
  [/POST \/v1\/recipes\/([^/\s]+\/[^/\s]+)\/versions\/([^/\s]+)\/yank/, "backbar yank $1@$2"],
  [/GET \/v1\/whoami/, "backbar whoami"],
  [/GET \/v1\/tokens/, "backbar token list"],
  [/DELETE \/v1\/tokens\/([0-9a-f]+)/, "backbar token revoke $1"],
  [/PUT \/v1\/namespaces\/([^/\s]+)/, "backbar namespace create $1"],
  [
    /POST \/v1\/environments\/([^/\s]+)\/releases\/(\d+)\/approvals/,
    "backbar approve $1 $2, by somebody else than who cut it",
  ],
  [/POST \/v1\/environments\/([^/\s]+)\/releases(?!\/)/, "backbar release cut $1"],
];

/** The hint of `error` for whoever typed a command. */
export function hintOf({ code, hint, place }: BackbarError): string | undefined {
  if (hint === undefined) return place === undefined ? WITHOUT.get(code) : undefined;
  if (code === "version_first") return "backbar diff A B names both";
  if (!OF_REQUESTS.test(hint)) return hint;
  const command = COMMANDS.reduce((text, [request, made]) => text.replace(request, made), hint);
  return OF_REQUESTS.test(command) ? (LOOKING.get(code) ?? hint) : command;
}
