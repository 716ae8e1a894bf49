{{- /*
Puts a daprd next to every workload that has the annotation dapr.io/enabled, as the Dapr operator
does on Kubernetes, and the two services that actors, workflows and jobs need. Only a workload's
first container has a host name; its other containers share that one's network, and its sidecar.
*/}}
{{- $enabled := dict }}
{{- range $name, $service := .Compose.services }}
{{- if and (hasKey $service "hostname") (eq (dig "annotations" "dapr.io/enabled" "" $service | toString) "true") }}
{{- $_ := set $enabled $name $service }}
{{- end }}
{{- end }}
{{- if $enabled }}
- op: set
  path: services.dapr-placement
  description: Dapr placement service
  value:
    image: daprio/placement:1.17.5
    command: ["./placement", "--port=50005"]
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    deploy: &limits
      resources:
        reservations: {memory: 64M}
        limits: {cpus: 0.5, memory: 256M}
- op: set
  path: services.dapr-scheduler
  description: Dapr scheduler service
  value:
    image: daprio/scheduler:1.17.5
    command: ["./scheduler", "--port=50006", "--etcd-data-dir=/data"]
    tmpfs: [/data]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    deploy: *limits
{{- range $name, $service := $enabled }}
{{- $annotations := $service.annotations }}
- op: set
  path: services.{{ $name }}-daprd
  description: Dapr sidecar of {{ $name }}
  value:
    image: daprio/daprd:1.17.5
    command:
      - ./daprd
      - {{ printf "--app-id=%v" (dig "dapr.io/app-id" $service.hostname $annotations) | toJson }}
      {{- with dig "dapr.io/app-port" "" $annotations }}
      - {{ printf "--app-port=%v" . | toJson }}
      {{- end }}
      {{- with dig "dapr.io/app-protocol" "" $annotations }}
      - {{ printf "--app-protocol=%v" . | toJson }}
      {{- end }}
      - {{ printf "--log-level=%v" (dig "dapr.io/log-level" "info" $annotations) | toJson }}
      - {{ printf "--enable-api-logging=%v" (dig "dapr.io/enable-api-logging" "false" $annotations) | toJson }}
      - --placement-host-address=dapr-placement:50005
      - --scheduler-host-address=dapr-scheduler:50006
      - --resources-path=/components
    network_mode: {{ printf "service:%s" $name | toJson }}
    depends_on:
      dapr-placement: {condition: service_started, required: true}
      dapr-scheduler: {condition: service_started, required: true}
    volumes:
      - type: bind
        source: .score-compose/mounts/components
        target: /components
        read_only: true
        bind: {create_host_path: true}
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    deploy: *limits
{{- end }}
{{- end }}
