/**
 * docs/publisher.md, "Publish from CI, without a stored secret", against a service whose root and
 * release keys are kept elsewhere (docs/operator.md): real service, real programs, a real issuer.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { startIssuer } from "../helpers/oidc-issuer.js";
import { backbarIn } from "./command-line.js";
import { STATE_STORE_RECIPE } from "./content.js";
import { makePublisherPem } from "./fresh-registry.js";
import { emptyFolder, startService } from "./service-process.js";

const TOKEN = "alice-0123456789abcdef";
const SIGNER = path.resolve("test/helpers/signer.mjs");

/** KEYS_DIR as an operator makes it whose root and release keys are in a vault; what starts with it. */
async function keysElsewhere(folder: string) {
  const [keys, vault] = ["keys", "the vault"].map((name) => path.join(folder, name));
  await Promise.all([keys, vault].map((made) => mkdir(made ?? "")));
  const write = (name: string, text: string) => writeFile(name, text, { mode: 0o600 });
  const mode = path.join(folder, "mode");
  await write(mode, "sign");
  const signers: Record<string, string> = {};
  for (const name of ["root", "release"]) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const file = path.join(vault ?? "", `${name}.pem`);
    await write(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
    await write(path.join(keys ?? "", `${name}.pub.pem`), spki);
    signers[`${name.toUpperCase()}_SIGNER`] = `'${process.execPath}' ${SIGNER} ${mode} '${file}'`;
  }
  const checkpoint = generateKeyPairSync("ed25519").privateKey;
  const pem = checkpoint.export({ type: "pkcs8", format: "pem" }).toString();
  await write(path.join(keys ?? "", "checkpoint.pem"), pem);
  await write(path.join(keys ?? "", "state.key"), randomBytes(32).toString("base64"));
  return { settings: { KEYS_DIR: keys ?? "", ...signers }, mode };
}

test("a CI job publishes by its issuer's token; the registry signs by commands", {
  timeout: 240_000,
}, async () => {
  const [folder, home, runner] = [await emptyFolder(), await emptyFolder(), await emptyFolder()];
  const issuer = await startIssuer(() => new Date());
  const { settings, mode } = await keysElsewhere(folder);
  const given = {
    tokens: `alice ${TOKEN}\n`,
    "oidc.yaml": `issuers:
  - name: ci
    issuer: ${issuer.url}
    audience: https://recipes.example.com
    rules:
      - claims: {repository: acme/recipes, ref: refs/heads/main}
        grants: ["publisher:dapr"]
`,
  };
  for (const [name, text] of Object.entries(given)) {
    await writeFile(path.join(folder, name), text, { mode: 0o600 });
  }
  const service = await startService(
    {
      ...settings,
      ...{ ADMIN_TOKEN_FILE: "tokens", OIDC_FILE: "oidc.yaml", DATA_DIR: "data" },
      ...{ CATALOG_DIR: "", ENVIRONMENTS_DIR: "" },
    },
    folder,
  );

  const alice = backbarIn(home);
  await writeFile(path.join(home, "alice.token"), TOKEN);
  await writeFile(path.join(runner, "publisher.pem"), makePublisherPem(), { mode: 0o600 });
  await cp(path.join(runner, "publisher.pem"), path.join(home, "publisher.pem"));
  const login = await alice("login", service.url, "--token-file", "alice.token");
  expect(login).toMatchObject({ code: 0 });
  const [root = ""] = /sha256:\w{64}/.exec(login.stdout) ?? [];
  const made = await alice("namespace", "create", "dapr", "--key", "publisher.pem");
  expect(made).toMatchObject({ code: 0 });

  const job = async (claims: Readonly<Record<string, string>>) =>
    backbarIn(runner, {
      ...{ BACKBAR_SERVER: service.url, BACKBAR_ROOT: root, BACKBAR_KEY: "publisher.pem" },
      BACKBAR_TOKEN: await issuer.token({ aud: "https://recipes.example.com", ...claims }),
    });
  const claims = { sub: "repo:acme/recipes", repository: "acme/recipes", ref: "refs/heads/main" };
  const main = await job(claims);
  expect((await main("whoami")).stdout).toMatch(/ci:repo:acme\/recipes\n.*publisher:dapr\n/);
  await cp(STATE_STORE_RECIPE, path.join(runner, "recipes/state-store"), { recursive: true });
  expect(await main("publish", "recipes/state-store")).toMatchObject({ code: 0 });
  const version = "dapr/redis-state-store@1.0.0";
  const verified = await main("verify", version);
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining(root) });
  expect(verified.stdout).toContain("by ci:repo:acme/recipes");

  const branch = await job({ ...claims, ref: "refs/heads/feature" });
  expect((await branch("publish", "recipes/state-store")).stderr).toMatch(/no rule/);
  await expect
    .poll(async () => (await alice("refusals", "--code", "oidc_no_rule")).stdout)
    .toContain("ci:repo:acme/recipes");

  // While the vault refuses, nothing is written, and what is there is read.
  await writeFile(mode, "refuse");
  const recipe = path.join(runner, "recipes/state-store/recipe.yaml");
  await writeFile(
    recipe,
    (await readFile(recipe, "utf8")).replace(/^version: .*$/m, "version: 1.1.0"),
  );
  const refused = await main("publish", "recipes/state-store");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("the registry's release key cannot be used at the moment");
  expect(refused.stderr).not.toContain("vault");
  expect(service.stderr()).toMatch(/the signer of the release key: .*vault has expired/);
  expect(await main("verify", version)).toMatchObject({ code: 0 });
  await writeFile(mode, "sign");
  expect(await main("publish", "recipes/state-store")).toMatchObject({ code: 0 });
  expect(await alice("log", "audit")).toMatchObject({ code: 0 });
});
