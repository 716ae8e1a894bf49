/** What is measured: templates of the shipped recipes over Score data, and small templates of one feature. */
import { readFileSync } from "node:fs";
import type { TemplateKey } from "../../src/core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../src/core/recipe/provisioners-file.js";
import type { Target } from "../../src/core/score/project-state.js";

export interface BenchCase {
  readonly name: string;
  readonly template: string;
  /** YAML of the struct's fields by their Go names. No template changes it. */
  readonly data: string;
  readonly platform: Target;
}

/** From a few lines of outputs to the manifests of a cluster; none makes random text. */
const TYPICAL: readonly (readonly [recipe: string, target: Target, key: TemplateKey])[] = [
  ["dapr/redis-pubsub", "compose", "outputs"],
  ["dapr/redis-pubsub", "compose", "volumes"],
  ["dapr/redis-state-store", "compose", "state"],
  ["dapr/redis-state-store", "compose", "files"],
  ["dapr/redis-state-store", "compose", "services"],
  ["score/dns", "compose", "state"],
  ["score/route", "compose", "init"],
  ["score/route", "compose", "shared"],
  ["score/route", "compose", "files"],
  ["score/route", "compose", "services"],
  ["dapr/subscription", "k8s", "init"],
  ["dapr/subscription", "k8s", "manifests"],
  ["dapr/postgresql-state-store", "k8s", "manifests"],
  ["dapr/rabbitmq-quorum-pubsub", "k8s", "manifests"],
  ["score/route", "k8s", "outputs"],
  ["score/route", "k8s", "manifests"],
];

const MICRO: readonly (readonly [name: string, template: string])[] = [
  ["text only", "name: redis\nimage: redis:8\n"],
  ["fields", "{{ .Uid }} {{ .State.name }} {{ .Shared.scoreRouteGateway }}"],
  ["range over 100", "{{ range until 100 }}{{ . }},{{ end }}"],
  [
    "range over a map",
    "{{ range $k, $v := .Params }}{{ $k }}={{ $v }};{{ else }}none{{ end }}{{ len .Params }}",
  ],
  [
    "nested templates",
    '{{ define "a" }}<{{ template "b" .Uid }}>{{ end }}{{ define "b" }}{{ . }}{{ end }}{{ range until 10 }}{{ template "a" $ }}{{ end }}',
  ],
  [
    "variables and if",
    "{{ $n := 0 }}{{ range until 50 }}{{ if gt . 25 }}{{ $n = . }}{{ end }}{{ end }}{{ $n }}",
  ],
  ["printf", '{{ printf "%s-%05d-%q-%v-%x" .Id 42 .Type 1.5 "hex" }}'],
  ["regex", '{{ regexReplaceAll "[^a-z0-9]+" .Uid "-" }} {{ regexMatch "^[a-z]+$" .Type }}'],
  ["toJson", "{{ .Shared | toJson }} {{ .Params | toJson }}"],
  ["json both ways", "{{ (.Shared | toJson | fromJson).scoreRouteGateway | toJson }}"],
  ["pipeline of text", '{{ .Uid | lower | replace "." "-" | trunc 20 | trimSuffix "-" | quote }}'],
  [
    "dict and list",
    '{{ $d := dict "a" 1 "b" (list 1 2 3) }}{{ $d.a }}{{ index $d.b 1 }}{{ keys $d | sortAlpha | join "," }}',
  ],
  [
    "sums",
    "{{ add 1 2 3 }} {{ mul 4 5 }} {{ div 9 2 }} {{ mod 9 2 }} {{ max 1 5 3 }} {{ len .Uid }}",
  ],
  ["lines", '{{ range splitList "\\n" .Metadata.motd }}{{ . | indent 4 | trim | upper }}{{ end }}'],
];

const DATA = `
Guid: 2f1c7e5a-93d4-4c7e-8f60-1d2b3a495867
Uid: route.default#shop.front
Type: route
Class: default
Id: shop.front
Params:
  {host: shop.example.com, path: /cart, port: web, pubsub: pubsub-1a2b3c4d, topic: orders.created,
   deadLetterTopic: orders.dead, keyPrefix: name, actorStateStore: true}
Metadata:
  annotations: {dapr.io/app-id: shop-app}
  motd: "first line\\nsecond line\\nthird line\\nfourth line"
Init:
  {host: shop.example.com, path: /cart, upstream: "shop:8080", service: shop, port: 8080,
   route: /orders.created, password: mHn3kVq8sT1wXy7Zb2Cd4Ef6Gh9Jk0Lm}
State:
  {name: pubsub-1a2b3c4d, password: mHn3kVq8sT1wXy7Zb2Cd4Ef6Gh9Jk0Lm, cookie: Qw2Er4Ty6Ui8Op0As1Df3Gh5Jk7Lz9Xc}
Shared:
  daprSubscriptionMetadata: {pubsub-1a2b3c4d: {queueType: quorum}}
  scoreRouteGateway:
    route.default#shop.front: {workload: shop, host: shop.example.com, path: /cart, upstream: "shop:8080"}
    route.default#shop.api: {workload: shop, host: shop.example.com, path: /api, upstream: "shop:8081"}
    route.default#admin.page: {workload: admin, host: admin.example.com, path: /, upstream: "admin:8080"}
SourceWorkload: shop
WorkloadServices:
  shop:
    ServiceName: shop
    Ports:
      web: {Name: web, Port: 80, TargetPort: 8080, Protocol: TCP}
      api: {Name: api, Port: 81, TargetPort: 8081, Protocol: TCP}
  admin: {ServiceName: admin, Ports: {web: {Name: web, Port: 80, TargetPort: 8080, Protocol: TCP}}}
`;
const PLATFORM_DATA: Readonly<Record<Target, string>> = {
  compose: `${DATA}ComposeProjectName: demo\nMountsDirectory: .score-compose/mounts\n`,
  k8s: `${DATA}WorkloadMetadata: {annotations: {dapr.io/app-id: shop-app}}\nNamespace: shop\n`,
};

/** Templates as provisioners have them: what the targets are about. */
export function typicalCases(): BenchCase[] {
  return TYPICAL.map(([recipe, target, key]) => ({
    name: `${recipe} ${target} ${key}`,
    template: recipeTemplate(recipe, target, key),
    data: PLATFORM_DATA[target],
    platform: target,
  }));
}

/** Templates that do one thing. */
export function microCases(): BenchCase[] {
  return MICRO.map(([name, template]) => ({
    name,
    template,
    data: PLATFORM_DATA.compose,
    platform: "compose",
  }));
}

/** The template of a shipped recipe's first provisioner. */
function recipeTemplate(recipe: string, target: Target, key: TemplateKey): string {
  const file = `catalog/${recipe}/${target}.provisioners.yaml`;
  const [first] = parseProvisionersFile(readFileSync(file, "utf8"), { file, target });
  const text = first?.templates.get(key);
  if (text === undefined) throw new Error(`${file} has no template ${key}`);
  return text.trim();
}
