/** The Compose half of a new recipe. */

interface Named {
  readonly recipe: string;
  readonly type: string;
  /** What names of services begin with. */
  readonly prefix: string;
}

export function composeProvisioners({ recipe, type, prefix }: Named): string {
  return `# Score's own format: a list of provisioners, which score-compose reads as it is. Of several that
# match a resource's type, class and id, the first serves it.

# The identity in every stored state: keep it for good. It holds no version.
- uri: template://${recipe}
  type: ${type}
  # class: small        # would serve resources of this class only
  description: A Redis container with a password of its own.
  supported_params: [maxMemory]
  expected_outputs: [host, port, password]

  # Each key below is a Go template with Sprig's functions that renders YAML, in this order.
  # init: values for the templates below, made anew by each render.
  init: |
    password: {{ randAlphaNum 24 | quote }}

  # state: kept from render to render. What is there already stays: dig takes it, or the new value.
  state: |
    name: {{ dig "name" (printf "${prefix}-%s" (sha256sum .Uid | trunc 8)) .State | quote }}
    password: {{ dig "password" .Init.password .State | quote }}

  # outputs: what a Score file reads as \${resources.NAME.host}.
  outputs: |
    host: {{ .State.name | quote }}
    port: 6379
    password: {{ .State.password | quote }}

  # services, volumes, networks: added to the Compose file. .Params is nil where none are given.
  services: |
    {{ .State.name }}:
      image: redis:7.4.6-alpine
      command:
        - sh
        - -c
        - exec redis-server --requirepass "$$REDISCLI_AUTH" --maxmemory {{ dig "maxMemory" 64 (default dict .Params) }}mb
      environment:
        REDISCLI_AUTH: {{ .State.password | quote }}
      healthcheck:
        test: [CMD-SHELL, redis-cli ping | grep -q PONG]
        interval: 5s
        retries: 10
      volumes:
        - {type: volume, source: {{ .State.name }}-data, target: /data}
  volumes: |
    {{ .State.name }}-data: {}

  # info_logs: lines that whoever renders is shown. files and directories: what containers mount.
  info_logs: |
    - {{ printf "Redis listens as %s:6379" .State.name | quote }}
`;
}

export function composePatch(recipe: string): string {
  return `{{- /*
A patch template sees the whole Compose file, after everything is provisioned, and lists what to
change in it. An environment may switch a recipe's patch templates off.
*/}}
{{- range $name, $_ := .Compose.services }}
- op: set
  path: services.{{ $name }}.labels.rendered-with
  description: Says which recipe an environment has
  value: ${recipe}
{{- end }}
`;
}
