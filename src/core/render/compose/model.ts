/**
 * The Compose model as one table: every key of services, networks, volumes, models and builds with
 * the form of its value, in the order in which they are written (compose-go v2.12, which
 * score-compose 0.45 carries). Keys that are not here are dropped when provisioners write them and
 * refused after patches.
 */
import type { Data } from "../../gotemplate/value.js";
import {
  command,
  environment,
  healthTest,
  hosts,
  labels,
  multiOptions,
  options,
  sshKeys,
  stringList,
  stringOrNumberList,
  textList,
  textMap,
} from "./collection-forms.js";
import { type Form, list, mapOf, struct } from "./form.js";
import { bool, float32, int, optOut, text, uint } from "./scalar-forms.js";
import { bytes, cpus, deviceCount, duration, fileMode, ulimit } from "./unit-forms.js";

/** `form` with a last change to every value read. */
function adjust(form: Form, change: (value: Data) => Data): Form {
  return {
    ...form,
    decode: (value, path) => change(form.decode(value, path)),
    check: (value, path) => change(form.check(value, path)),
  };
}

const pointer = (form: Form) => ({ form, pointer: true });
const always = (form: Form) => ({ form, always: true });
const ulimits = mapOf(ulimit, { pointers: true });

const fileReference = struct({
  source: text,
  target: text,
  uid: text,
  gid: text,
  mode: pointer(fileMode),
});

const hook = struct({
  command,
  user: text,
  privileged: bool,
  working_dir: text,
  environment,
});

/** `build` of a service. */
export const build = struct({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: textList,
  args: environment,
  provenance: text,
  sbom: text,
  ssh: sshKeys,
  labels,
  cache_from: stringList,
  cache_to: stringList,
  no_cache: bool,
  no_cache_filter: stringList,
  additional_contexts: labels,
  pull: bool,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: list(fileReference),
  shm_size: bytes,
  tags: stringList,
  ulimits,
  platforms: stringList,
  privileged: bool,
});

const develop = struct({
  watch: list(
    struct({
      path: always(text),
      action: always(text),
      target: text,
      exec: hook,
      include: textList,
      ignore: textList,
      initial_sync: bool,
    }),
  ),
});

const weightDevice = struct({ path: always(text), weight: always(uint(16)) });
const throttleDevice = struct({ path: always(text), rate: always(bytes) });

const blkio = struct({
  weight: uint(16),
  weight_device: list(weightDevice),
  device_read_bps: list(throttleDevice),
  device_read_iops: list(throttleDevice),
  device_write_bps: list(throttleDevice),
  device_write_iops: list(throttleDevice),
});

const deviceRequest = struct({
  capabilities: textList,
  driver: text,
  count: deviceCount,
  device_ids: textList,
  options: labels,
});

const updatePolicy = struct({
  parallelism: pointer(uint(64)),
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: float32,
  order: text,
});

const resource = struct({
  cpus,
  memory: bytes,
  pids: int,
  devices: list(deviceRequest),
  generic_resources: list(
    struct({
      discrete_resource_spec: pointer(struct({ kind: always(text), value: always(int) })),
    }),
  ),
});

const deploy = struct({
  mode: text,
  replicas: pointer(int),
  labels,
  update_config: pointer(updatePolicy),
  rollback_config: pointer(updatePolicy),
  resources: struct({ limits: pointer(resource), reservations: pointer(resource) }),
  restart_policy: pointer(
    struct({
      condition: text,
      delay: pointer(duration),
      max_attempts: pointer(uint(64)),
      window: pointer(duration),
    }),
  ),
  placement: struct({
    constraints: textList,
    preferences: list(struct({ spread: text })),
    max_replicas_per_node: uint(64),
  }),
  endpoint_mode: text,
});

/** One entry of a service's `volumes`. */
const serviceVolume = struct({
  type: text,
  source: text,
  target: text,
  read_only: bool,
  consistency: text,
  bind: pointer(
    struct({ selinux: text, propagation: text, create_host_path: optOut, recursive: text }),
  ),
  volume: pointer(struct({ labels, nocopy: bool, subpath: text })),
  tmpfs: pointer(struct({ size: bytes, mode: uint(32) })),
  image: pointer(struct({ subpath: text })),
});

const serviceNetwork = struct({
  aliases: textList,
  driver_opts: options,
  gw_priority: int,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: textList,
  mac_address: text,
  priority: int,
});

const servicePort = struct({
  name: text,
  mode: text,
  host_ip: text,
  target: uint(32),
  published: text,
  protocol: text,
  app_protocol: text,
});

const dependency = struct({ condition: text, restart: bool, required: always(bool) });

const healthcheck = struct({
  test: healthTest,
  timeout: pointer(duration),
  interval: pointer(duration),
  retries: pointer(uint(64)),
  start_period: pointer(duration),
  start_interval: pointer(duration),
  disable: bool,
});

const SERVICE_FIELDS = {
  // A field of the type that is no key of the document: the service's name stands outside.
  name: { form: text, hidden: true },
  profiles: textList,
  annotations: labels,
  attach: pointer(bool),
  build: pointer(build),
  develop: pointer(develop),
  blkio_config: pointer(blkio),
  cap_add: textList,
  cap_drop: textList,
  cgroup_parent: text,
  cgroup: text,
  cpu_count: int,
  cpu_percent: float32,
  cpu_period: int,
  cpu_quota: int,
  cpu_rt_period: int,
  cpu_rt_runtime: int,
  cpus: float32,
  cpuset: text,
  cpu_shares: int,
  command,
  configs: list(fileReference),
  container_name: text,
  credential_spec: pointer(struct({ config: text, file: text, registry: text })),
  depends_on: mapOf(dependency),
  deploy: pointer(deploy),
  device_cgroup_rules: textList,
  devices: list(struct({ source: text, target: text, permissions: text })),
  dns: stringList,
  dns_opt: textList,
  dns_search: stringList,
  dockerfile: text,
  domainname: text,
  entrypoint: command,
  provider: pointer(struct({ type: text, options: multiOptions })),
  environment,
  env_file: list(struct({ path: text, required: optOut, format: text })),
  expose: stringOrNumberList,
  extends: pointer(struct({ file: text, service: text })),
  external_links: textList,
  extra_hosts: hosts,
  group_add: textList,
  gpus: list(deviceRequest),
  hostname: text,
  healthcheck: pointer(healthcheck),
  image: text,
  init: pointer(bool),
  ipc: text,
  isolation: text,
  labels,
  label_file: textList,
  links: textList,
  logging: pointer(struct({ driver: text, options })),
  log_driver: text,
  log_opt: textMap,
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: text,
  models: mapOf(struct({ endpoint_var: text, model_var: text }), { pointers: true }),
  net: text,
  network_mode: text,
  networks: mapOf(serviceNetwork, { pointers: true }),
  oom_kill_disable: bool,
  oom_score_adj: int,
  pid: text,
  pids_limit: int,
  platform: text,
  ports: list(servicePort),
  privileged: bool,
  pull_policy: text,
  read_only: bool,
  restart: text,
  runtime: text,
  scale: pointer(int),
  secrets: list(fileReference),
  security_opt: textList,
  shm_size: bytes,
  stdin_open: bool,
  stop_grace_period: pointer(duration),
  stop_signal: text,
  storage_opt: textMap,
  sysctls: labels,
  tmpfs: stringList,
  tty: bool,
  ulimits,
  use_api_socket: bool,
  user: text,
  userns_mode: text,
  uts: text,
  volume_driver: text,
  volumes: list(serviceVolume),
  volumes_from: textList,
  working_dir: text,
  post_start: list(hook),
  pre_stop: list(hook),
};
const service = struct(SERVICE_FIELDS);

/** The keys of a service in the order in which they are written. */
export const SERVICE_KEYS: readonly string[] = Object.keys(SERVICE_FIELDS);

const ipam = struct({
  driver: text,
  config: list(struct({ subnet: text, gateway: text, ip_range: text, aux_addresses: labels }), {
    pointers: true,
  }),
  options,
});

const network = struct({
  name: text,
  driver: text,
  driver_opts: options,
  ipam,
  external: bool,
  internal: bool,
  attachable: bool,
  labels,
  enable_ipv4: pointer(bool),
  enable_ipv6: pointer(bool),
});

const volume = struct({
  name: text,
  driver: text,
  driver_opts: options,
  external: bool,
  labels,
});

const model = struct({
  name: text,
  model: text,
  context_size: int,
  runtime_flags: textList,
});

const fileObject = {
  name: text,
  file: text,
  environment: text,
  content: text,
  external: bool,
  labels,
  driver: text,
  driver_opts: textMap,
  template_driver: text,
};
/** What a config takes from the environment is not written as content too. */
const config = adjust(struct(fileObject), (value) => {
  if (value instanceof Map && value.has("environment")) value.delete("content");
  return value;
});
/** What a secret holds is never written. */
const secret = struct({ ...fileObject, content: { form: text, silent: true } });

export const services = mapOf(service);
export const networks = mapOf(network);
export const volumes = mapOf(volume);
export const models = mapOf(model);

/** The whole document, for the check after patches. */
export const project = struct({
  name: text,
  services: always(services),
  networks,
  volumes,
  secrets: mapOf(secret),
  configs: mapOf(config),
  models,
});
