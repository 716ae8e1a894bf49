/** Writes openapi/backbar.json from the route schemas. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Registry } from "../src/flows/registry.js";
import { createApp } from "../src/http/app.js";
import { VERSION } from "../src/version.js";

const app = await createApp({
  // Only the routes' schemas are read: no handler runs.
  registry: {} as Registry,
  access: {
    administrators: [],
    anonymousGrants: [],
    oidc: [],
    limits: { requests: 0, failures: 0, cosignatures: 0 },
    publicUrl: undefined,
  },
  version: VERSION,
  logLevel: "silent",
});
mkdirSync("openapi", { recursive: true });
writeFileSync("openapi/backbar.json", `${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
