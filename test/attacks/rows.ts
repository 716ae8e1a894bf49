/**
 * The attacks and faults that the registry has to survive, by number: what is expected, and where it
 * is tested or why it is not yet.
 */

export interface Row {
  readonly attack: string;
  readonly expected: string;
  /** Files below test/ whose tests are named `attack N: …`. */
  readonly tests: readonly string[];
  /** Why there is no test, or not of all of it. */
  readonly reason?: string;
}

/** In order, from 1. */
export const ROWS: readonly Row[] = [
  {
    attack: "a version pushed again with other bytes",
    expected: "409, the log unchanged; the same bytes change nothing",
    tests: ["attacks/publish"],
  },
  {
    attack: "a token that may only publish moves a release or changes a name",
    expected: "403",
    tests: ["attacks/access"],
  },
  {
    attack: "a version is deleted, pinned or not",
    expected: "405, with the environments that serve it",
    tests: ["attacks/versions"],
    reason: "OCI pushes and deletes: not built yet",
  },
  {
    attack: "a yanked version is pinned, or resolved anew",
    expected: "served with a warning and the reason; a new cut refuses it",
    tests: ["attacks/versions", "flows/release-rules"],
  },
  {
    attack: "a changed template `uri`",
    expected: "422, unless forced; resolve tells it",
    tests: ["attacks/publish"],
  },
  {
    attack: "an unknown field, a title in `.yml`, an image index",
    expected: "422 with the clients' own reason",
    tests: ["attacks/publish"],
  },
  {
    attack: "a blob altered on disk",
    expected: "500, error line and metric, never served; a scrub finds it",
    tests: ["attacks/blobs"],
  },
  {
    attack: "bytes that are not what their digest says, short or long",
    expected: "400, or 403 where the signature is of other bytes; nothing stored",
    tests: ["attacks/publish"],
    reason: "OCI uploads and their `?digest=`: not built yet",
  },
  {
    attack: "a signature by a revoked, expired or unknown key",
    expected: "publish refused; older versions by the time in the log",
    tests: ["attacks/keys"],
  },
  {
    attack: "a valid signature for another digest or recipe",
    expected: "403",
    tests: ["attacks/publish"],
  },
  {
    attack: "JWS with `alg: none`, HS256 with the public key, `kid`, `jku`, embedded `jwk`",
    expected: "401 or refused, nothing fetched",
    tests: ["attacks/oidc", "core/trust/signed-json"],
  },
  {
    attack: "two signatures by one key for a threshold of 2; threshold 0",
    expected: "not met; refused",
    tests: ["flows/publish-rules", "flows/namespace", "core/trust/version-signatures"],
  },
  {
    attack: "rollback: an older catalog, validly signed",
    expected: "the client refuses what is older than seen; an audit names it",
    tests: ["attacks/lies", "client/catalog"],
  },
  {
    attack: "freeze: an expired catalog",
    expected: "the client refuses it and says since when",
    tests: ["attacks/lies", "client/catalog"],
  },
  {
    attack: "mix and match: a new pointer with an old release",
    expected: "refused by the digest; a key set and a checkpoint of different times by their keys",
    tests: ["attacks/lies", "client/catalog", "core/trust/release-signature"],
  },
  {
    attack: "fast-forward to the largest number, and recovery",
    expected: "numbers are capped; a new root heals",
    tests: ["attacks/key-rotation", "core/recipe/release"],
  },
  {
    attack: "split view: two checkpoints of one size",
    expected: "whoever sees both has the proof; a witness refuses the second",
    tests: ["attacks/witness", "attacks/lies"],
  },
  {
    attack: "an old backup is restored, then written to",
    expected: "nothing inconsistent is signed; read-only with the reason",
    tests: ["attacks/backup", "process/restore", "flows/checkpoint"],
  },
  {
    attack: "kill -9, a full disk, I/O errors in the middle of a publish",
    expected: "after a restart there whole or not at all",
    tests: ["process/kill", "attacks/publish-faults", "flows/checkpoint"],
    reason:
      "every statement fails in turn as on a full or failing disk; what the databases do below a statement is theirs to test",
  },
  {
    attack: "many publishes of one version at once",
    expected: "one wins, one leaf",
    tests: ["attacks/publish-race"],
  },
  {
    attack: "a signing key or its command is unavailable",
    expected: "503 for writes, reads go on",
    tests: ["attacks/signer-unavailable"],
  },
  {
    attack: "keys rotate while clients have the old ones",
    expected: "overlap accepted, a removed key refused",
    tests: ["attacks/key-rotation"],
  },
  {
    attack: "names that look alike: other scripts, hyphens, case",
    expected: "400 or 409",
    tests: ["attacks/names"],
  },
  {
    attack: "dependency confusion by a mirror",
    expected: "an internal name never falls through",
    tests: ["attacks/network"],
    reason: "there are no mirrors yet: what is not here is found nowhere",
  },
  {
    attack: "a deleted namespace is registered by another",
    expected: "410 for good, also for names that look like it",
    tests: ["attacks/names"],
  },
  {
    attack: "a URL in a request leads to a private address",
    expected: "nothing is fetched that a request names",
    tests: ["attacks/network"],
    reason: "mirrors, the only thing that would follow such a URL, do not exist yet",
  },
  {
    attack: "names with `..`, `%2e%2e`, `%00`, too long; such titles",
    expected: "400, no path outside",
    tests: ["attacks/names"],
  },
  {
    attack: "archives with links, absolute paths, 10 GB out of 10 KB",
    expected: "refused by limits",
    tests: ["attacks/network", "client/recipe-folder"],
    reason:
      "the service reads no archives; compressed bodies, and links in a publisher's folder, are refused",
  },
  {
    attack: "scripts in descriptions, READMEs, links",
    expected: "served as JSON or text alone, nosniff, CSP; links are http(s)",
    tests: ["attacks/pages"],
  },
  {
    attack: "one project reads, renders or audits another",
    expected: "404 or 403",
    tests: ["attacks/access", "flows/visible"],
    reason: "OCI mounts of private blobs: not built yet",
  },
  {
    attack: "secrets in token lists, the audit, errors, URLs",
    expected: "nowhere; a whole day is searched for every secret in every form",
    tests: ["process/day", "attacks/access"],
  },
  {
    attack: "`env`, `expandenv`, `getHostByName`, random functions in a render",
    expected: "the request's values only; IP literals only; kept in the state",
    tests: ["attacks/templates"],
  },
  {
    attack: "`repeat 2e9`, `until 5e7`",
    expected: "422 with the recipe and the line",
    tests: ["attacks/templates"],
  },
  {
    attack: "`range 1e11`, templates that call themselves, doubling",
    expected: "422 with the recipe and the line; other requests go on",
    tests: ["attacks/templates"],
  },
  {
    attack: "regular expressions that backtrack: search, schemas, templates",
    expected: "linear time",
    tests: ["attacks/templates"],
  },
  {
    attack: "YAML: aliases, `__proto__`, `!!omap`, depth, keys twice, several documents",
    expected: "422 in bounded time, 400 for JSON; the prototype untouched",
    tests: ["attacks/templates"],
    reason: "422, not 400: the request is sound, the file in it is not",
  },
  {
    attack: "JSON schemas: remote or recursive `$ref`, huge `enum`",
    expected: "422, nothing fetched, bounded",
    tests: ["attacks/publish"],
  },
  {
    attack: "limits and cursors that are none, slow and endless headers and bodies",
    expected: "400, 408, 413, 431",
    tests: ["attacks/pages"],
  },
  {
    attack: "a `cmd://` recipe is published, released, rendered",
    expected: "never run; 403 and 409 name the rule",
    tests: ["attacks/templates"],
  },
  {
    attack: "late replicas, clocks a day off, one process down",
    expected: "nothing acknowledged is lost; nothing expired accepted",
    tests: ["process/several-servers", "attacks/clocks", "flows/pointer"],
  },
];

/** The rows as SECURITY.md shows them. */
export function tableOfRows(): string[] {
  return ROWS.map(({ attack, expected, tests, reason }, i) => {
    const where = [
      ...tests.map((name) => `\`${name}\``),
      ...(reason === undefined ? [] : [reason]),
    ];
    return `| ${i + 1} | ${attack} | ${expected} | ${where.join("; ")} |`;
  });
}
