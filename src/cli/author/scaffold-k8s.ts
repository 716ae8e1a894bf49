/** The Kubernetes half of a new recipe. */

interface Named {
  readonly recipe: string;
  readonly type: string;
  /** What names of objects begin with. */
  readonly prefix: string;
}

export function k8sProvisioners({ recipe, type, prefix }: Named): string {
  return `# Score's own format: a list of provisioners, which score-k8s reads as it is. The same type, params
# and outputs as for Compose let one Score file run in both places.

# The identity in every stored state: keep it for good. It holds no version.
- uri: template://${recipe}
  type: ${type}
  description: A Redis StatefulSet with a password of its own.
  supported_params: [maxMemory]
  expected_outputs: [host, port, password]
  init: |
    password: {{ randAlphaNum 24 | quote }}
  state: |
    name: {{ dig "name" (printf "${prefix}-%s" (substr 0 8 .Guid)) .State | quote }}
    password: {{ dig "password" .Init.password .State | quote }}

  # encodeSecretRef SECRET KEY: containers get a reference to the Secret, never the password itself.
  outputs: |
    host: {{ .State.name | quote }}
    port: 6379
    password: {{ encodeSecretRef .State.name "password" | quote }}

  # manifests: objects beside those of the workload.
  manifests: |
    - apiVersion: v1
      kind: Secret
      metadata:
        name: {{ .State.name }}
        labels: &labels
          app.kubernetes.io/name: redis
          app.kubernetes.io/instance: {{ .State.name }}
      data:
        password: {{ .State.password | b64enc }}
    - apiVersion: v1
      kind: Service
      metadata:
        name: {{ .State.name }}
        labels: *labels
      spec:
        selector: *labels
        ports:
          - {name: redis, port: 6379, targetPort: redis}
    - apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: {{ .State.name }}
        labels: *labels
      spec:
        replicas: 1
        serviceName: {{ .State.name }}
        selector:
          matchLabels: *labels
        template:
          metadata:
            labels: *labels
          spec:
            automountServiceAccountToken: false
            securityContext:
              runAsNonRoot: true
              runAsUser: 999
              runAsGroup: 1000
              fsGroup: 1000
              seccompProfile: {type: RuntimeDefault}
            containers:
              - name: redis
                image: redis:7.4.6-alpine
                command: [redis-server]
                args:
                  - --requirepass
                  - $(REDISCLI_AUTH)
                  - --maxmemory
                  - {{ dig "maxMemory" 64 (default dict .Params) }}mb
                env:
                  - name: REDISCLI_AUTH
                    valueFrom:
                      secretKeyRef: {name: {{ .State.name }}, key: password}
                ports:
                  - {name: redis, containerPort: 6379}
                readinessProbe:
                  exec:
                    command: [sh, -c, redis-cli ping | grep -q PONG]
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [ALL]}
                volumeMounts:
                  - {name: data, mountPath: /data}
        volumeClaimTemplates:
          - metadata:
              name: data
              labels: *labels
            spec:
              accessModes: [ReadWriteOnce]
              resources:
                requests: {storage: 1Gi}
`;
}

export function k8sPatch(recipe: string): string {
  return `{{- /*
A patch template sees all manifests, after everything is provisioned, and lists what to change in
them; a number in a path counts manifests from 0. An environment may switch a recipe's patch
templates off. In a path, \\. is a dot inside a key.
*/}}
{{- range $i, $manifest := .Manifests }}
- op: set
  path: {{ $i }}.metadata.annotations.rendered-with
  description: Says which recipe an environment has
  value: ${recipe}
{{- end }}
`;
}
