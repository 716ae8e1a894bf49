/** A usage record and a count of refusals, as batches have them. */
import type { RefusalCount, UsageSnapshot } from "../../../src/core/audit/usage-batch.js";

export const SNAPSHOT: UsageSnapshot = {
  environment: "local",
  project: "",
  workload: "web",
  resource: "cache.default#web.store",
  recipe: "acme/cache",
  version: "1.0.0",
  digest: `sha256:${"0a".repeat(32)}`,
  release: 1,
  actor: "anonymous",
  firstUsedAt: "2031-05-06T07:08:09.000Z",
  lastUsedAt: "2031-05-06T07:09:09.000Z",
  renders: 2,
  current: true,
};

export const COUNT: RefusalCount = {
  minute: "2031-05-06T07:08:00.000Z",
  actor: "anonymous",
  address: "127.0.0.1",
  method: "POST",
  route: "/v1/recipes",
  code: "http_token_required",
  count: 3,
};
