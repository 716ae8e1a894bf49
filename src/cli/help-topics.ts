/** Help that is of no single command: `backbar help TOPIC`. */

export interface Topic {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
}

export const TOPICS: readonly Topic[] = [
  {
    name: "variables",
    summary: "settings from the environment, for CI",
    text: `A flag comes before its variable, and that before what \`backbar login\` keeps.

  BACKBAR_SERVER       the registry's URL (http://localhost:8080)
  BACKBAR_TOKEN        the token, or BACKBAR_TOKEN_FILE: a file that holds it; where BACKBAR_SERVER
                       or BACKBAR_CONTEXT is set, it goes to no other registry
  BACKBAR_ROOT         fingerprint of the root key that the registry must have
  BACKBAR_CONTEXT      name of a registry that you logged in to
  BACKBAR_KEY          file of the private key that signs what you publish
  BACKBAR_ENVIRONMENT  what -e, --environment names
  BACKBAR_PROJECT      what --project names, where a server keeps the project
  BACKBAR_TARGET       what --target names: compose or k8s
  BACKBAR_CONFIG_DIR   the folder of contexts, tokens and keys (~/.config/backbar)
  BACKBAR_DEBUG        shows where a fault of the program itself is
  NO_COLOR             no colour; FORCE_COLOR: colour also where there is no terminal
  VISUAL, EDITOR       what \`edit\` opens

A job that renders, with nothing kept on its machine:

  export BACKBAR_SERVER=https://recipes.example.com BACKBAR_ROOT=sha256:4bf5…
  export BACKBAR_TOKEN_FILE=/run/secrets/backbar
  backbar install --frozen && backbar render --local score.yaml
`,
  },
  {
    name: "output",
    summary: "what is printed, and how a command ends",
    text: `Results go to the standard output; progress, warnings and errors to the standard error.

On a terminal there are tables, colour and progress, elsewhere plain text. --json prints one JSON
object instead, of a stable form, mostly the API's own answer. A command that fails with --json
prints {"error": {"code", "message", "place", "hint", "problems"}}; codes never change.

Exit codes:
  0  done
  1  it failed, or found what it looked for faults in: the error says what and where
  2  the command line cannot be followed

A file is written whole or not at all; Ctrl-C leaves nothing half-written.
`,
  },
  {
    name: "references",
    summary: "how recipes, versions and releases are named",
    text: `  dapr/redis-pubsub          a recipe: NAMESPACE/NAME
  dapr/redis-pubsub@1.2.0    one version of it
  dapr/redis-pubsub@^1.2     a range, as npm reads them; @* takes any
  recipes/acme/redis         a recipe's folder on this machine

Versions are SemVer without build metadata. Ranges take prereleases only where they name one.
Releases of an environment are numbers: 1, 2, 3. A resource's uid is TYPE.CLASS#ID.
`,
  },
  {
    name: "files",
    summary: "what the program reads and writes",
    text: `In a Score project:
  backbar.lock                              what \`install\` pinned, by version and digest: commit it
  .score-compose/state.yaml                 state of score-compose and of \`render --target compose\`
  .score-compose/backbar.provisioners.yaml  what \`install\` put there
  .score-k8s/…                              the same for Kubernetes
  compose.yaml, manifests.yaml, manifests/  what \`render\` makes

In the user's folder (~/.config/backbar, or BACKBAR_CONFIG_DIR), for its owner's eyes only:
  config.json        contexts: registries and their pinned root keys
  credentials.json   their tokens
  seen.json          the newest key set and releases seen, so that nobody shows an older one
  logs.json          the newest checkpoint of each log that was audited and found clean
  keys/NAME.pem      private keys of publishers
`,
  },
  {
    name: "trust",
    summary: "what is verified, and what is not",
    text: `\`login\` pins the fingerprint of a registry's root key. The root signs the set of keys that releases,
pointers and publishers of each namespace sign with; \`pull\`, \`install\` and \`update\` check that chain
down to every byte before anything is written, and refuse what is older than what was seen before.
\`verify\` tells each link of it, with the log's proof; \`log audit\` holds all that a registry says
against its log.

score-compose and score-k8s verify nothing that they fetch themselves, not even a digest in a
reference. To give them what is verified:

  backbar pull local --target compose --out - | score-compose init --provisioners -
  backbar install dapr/redis-state-store && score-compose generate score.yaml
`,
  },
];
