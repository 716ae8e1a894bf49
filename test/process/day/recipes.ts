/** Recipes that make every kind of secret that a template can make. */
import { type RecipeText, scoreFile } from "../../helpers/recipes.js";

/** Keys of the state of a `vault`, each a secret of its own; `pem` are private keys. */
export const VAULT = {
  texts: ["password", "ascii", "digits", "derived", "hashed", "raw"],
  pems: ["ecdsa", "ed25519", "certificate"],
} as const;

const MADE = `  init: |
    password: {{ randAlphaNum 24 | quote }}
    ascii: {{ randAscii 24 | quote }}
    digits: {{ randNumeric 24 | quote }}
    raw: {{ randBytes 24 | quote }}
    derived: {{ derivePassword 1 "long" (randAlphaNum 16) "app" "example.com" | quote }}
    hashed: {{ htpasswd "app" (randAlphaNum 16) | quote }}
    ecdsa: {{ genPrivateKey "ecdsa" | quote }}
    ed25519: {{ genPrivateKey "ed25519" | quote }}
    certificate: {{ (genSelfSignedCertWithKey "app" nil nil 1 (genPrivateKey "ecdsa")).Key | quote }}
  state: |
    {{- range list "password" "ascii" "digits" "raw" "derived" "hashed" "ecdsa" "ed25519" "certificate" }}
    {{ . }}: {{ dig . (get $.Init .) $.State | quote }}
    {{- end }}
  outputs: |
    password: {{ .State.password | quote }}
    token: {{ printf "shown-%s" .Params.apiKey | quote }}
    {{- if .Params.fail }}{{ fail (values .State | toJson) }}{{ end }}
    {{- if .Params.broken }}
    bad: [{{ .State.password }}
    {{- end }}
`;

/** Type `vault`. */
export const vault = (version = "1.0.0"): RecipeText => ({
  name: "acme/vault",
  version,
  metadata: [
    "resources:",
    "  vault:",
    "    params:",
    "      type: object",
    "      properties: {apiKey: {type: string, maxLength: 60}, fail: {type: boolean}, broken: {type: boolean}}",
    "      additionalProperties: false",
    "    secretOutputs: [password, token]",
    "",
  ].join("\n"),
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/vault
  type: vault
${MADE}  files: |
    vault.env: |
      PASSWORD={{ .State.password }}
`,
    "k8s.provisioners.yaml": `- uri: template://acme/vault
  type: vault
${MADE}  manifests: |
    - apiVersion: v1
      kind: Secret
      metadata: {name: vault}
      data: {password: {{ .State.password | b64enc }}}
`,
    "README.md": "# A vault\n",
    "examples/plain/score.yaml": scoreFile("plain", {
      vault: { type: "vault", params: { apiKey: "x" } },
    }),
  },
});

/** A patch template. */
export const labels = (): RecipeText => ({
  name: "acme/labels",
  version: "1.0.0",
  files: {
    "labels.compose.tpl":
      "{{- range $name, $_ := .Compose.services }}\n- op: set\n  path: services.{{ $name }}.labels.team\n  value: acme\n{{- end }}\n",
  },
});
