/** The files of a new recipe: one that works, and whose comments say why it is as it is. */
import type { Target } from "../../core/score/project-state.js";
import { composePatch, composeProvisioners } from "./scaffold-compose.js";
import { k8sPatch, k8sProvisioners } from "./scaffold-k8s.js";

export interface Scaffold {
  /** `namespace/name` */
  readonly recipe: string;
  /** The resource type that it serves. */
  readonly type: string;
  readonly targets: readonly Target[];
  /** Whether it has patch templates too. */
  readonly patch: boolean;
}

/** The texts by path in the recipe's folder. */
export function scaffoldFiles(scaffold: Scaffold): Map<string, string> {
  const { recipe, targets, patch } = scaffold;
  const name = recipe.slice(recipe.indexOf("/") + 1);
  const has = (target: Target) => targets.includes(target);
  // With the suffix that templates add it must be a host name: 63 characters.
  const prefix = name.slice(0, 40).replace(/-$/, "");
  const named = { ...scaffold, prefix };
  const files: [string, string, boolean][] = [
    ["recipe.yaml", recipeYaml(scaffold), true],
    ["compose.provisioners.yaml", composeProvisioners(named), has("compose")],
    ["k8s.provisioners.yaml", k8sProvisioners(named), has("k8s")],
    [`${name}.compose.tpl`, composePatch(recipe), patch && has("compose")],
    [`${name}.k8s.tpl`, k8sPatch(recipe), patch && has("k8s")],
    ["README.md", readme(scaffold), true],
    ["examples/basic/score.yaml", exampleScore(scaffold), true],
  ];
  return new Map(files.flatMap(([path, text, wanted]) => (wanted ? [[path, text]] : [])));
}

function recipeYaml({ recipe, type }: Scaffold): string {
  return `# What people and programs read of this recipe. \`backbar check\` says what is wrong with it.
name: ${recipe}
# SemVer. A published version never changes: raise the version with every change.
version: 0.1.0
title: ${quoted(`A Redis server for ${type}`)}
description: A server of its own for each resource, with a password that is made once.
# license: Apache-2.0
# maintainers:
#   - name: Your Name
#     email: you@example.com
# links:
#   - title: Where it is written
#     url: https://example.com/recipes

# For each resource type that the provisioners serve, what may go in and what comes out: JSON Schema
# 2020-12. A Score file with other params is refused before anything is provisioned.
resources:
  ${type}:
    params:
      type: object
      additionalProperties: false
      properties:
        maxMemory:
          type: integer
          minimum: 16
          default: 64
          description: Memory for data, in MiB.
    outputs:
      type: object
      required: [host, port, password]
      additionalProperties: false
      properties:
        host: {type: string, description: Host name of the server.}
        port: {type: integer, description: Port of the server.}
        password: {type: string, description: Password of the default user.}
    # Masked wherever resources are shown, in errors and in logs.
    secretOutputs: [password]
`;
}

function exampleScore({ type }: Scaffold): string {
  return `# Rendered for every target when the recipe is published, and shown to those who look for one.
apiVersion: score.dev/v1b1
metadata:
  name: example
containers:
  main:
    image: traefik/whoami:v1.11.0
    variables:
      STORE_HOST: \${resources.store.host}
      STORE_PORT: \${resources.store.port}
      STORE_PASSWORD: \${resources.store.password}
resources:
  store:
    type: ${type}
    params:
      maxMemory: 32
`;
}

function readme({ recipe, type, targets }: Scaffold): string {
  const made = { compose: "a service and a volume", k8s: "a Secret, a Service, a StatefulSet" };
  return `# ${recipe}

A Redis server of its own for each \`${type}\` resource, with a password that is made once.

\`\`\`yaml
resources:
  store:
    type: ${type}
\`\`\`

| param | default | |
|---|---|---|
| \`maxMemory\` | \`64\` | Memory for data, in MiB. |

| output | |
|---|---|
| \`host\` | Host name of the server. |
| \`port\` | Port of the server. |
| \`password\` | Password of the default user; secret. |

| target | makes |
|---|---|
${targets.map((target) => `| \`${target}\` | ${made[target]} |\n`).join("")}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
