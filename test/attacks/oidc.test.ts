/** Row 11, and what else a JWT may try: nothing in it says how it is checked or who is asked. */
import { createHmac } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { formatSubmission } from "../../src/core/oci/submission.js";
import { parseGrants } from "../../src/core/trust/grants.js";
import type { OpenStore } from "../../src/store/db.js";
import { sendJson, serve } from "../client/loopback-server.js";
import { refusalOf } from "../helpers/environments.js";
import { startIssuer, type TestIssuer } from "../helpers/oidc-issuer.js";
import { cache, makeNamespace, submission } from "../helpers/recipes.js";
import { makeKeys, serveStore, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const CLOCK = Date.parse("2031-05-06T07:08:09.000Z");
const SECONDS = CLOCK / 1000;
const TIMES = { cooldownMs: 0, maxAgeMs: 300_000, timeoutMs: 2_000 };

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const bodyOf = (token: string) => token.split(".")[1] ?? "";

describe.each(STORES)("on $name", (kind) => {
  const keys = makeKeys();
  let store: OpenStore;
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    store = await kind.open();
  });
  afterAll(() => store?.close());
  // What a server knows of its issuer is of one test.
  beforeEach(async () => {
    issuer = await startIssuer(() => new Date(CLOCK));
    const rules = [
      {
        claims: new Map([["repository", "acme/recipes"]]),
        grants: parseGrants(["publisher:acme"]),
      },
      { claims: new Map([["sub", "job*"]]), grants: parseGrants(["reader"]) },
    ];
    server = await serveStore(store, keys, {
      oidc: [{ name: "ci", issuer: issuer.url, audience: "backbar", rules }],
      oidcKeyTimes: TIMES,
    });
    onTestFinished(() => server.close());
  });

  const who = (token: string) => server.call("/v1/whoami", { token });
  const refused = async (token: string) => {
    const reply = await who(token);
    const { status, code } = refusalOf(reply);
    return `${status} ${code}`;
  };

  test("a job publishes without a stored secret, as what its claims say", async () => {
    await makeNamespace(server, "acme");
    const claims = { sub: "job:main", repository: "acme/recipes" };
    const token = await issuer.token(claims);
    expect((await who(token)).json()).toEqual({
      actor: "ci:job:main",
      grants: ["publisher:acme", "reader"],
      expiresAt: new Date(CLOCK + 300_000).toISOString(),
    });
    const put = (own: string, version: string) =>
      server.call(`/v1/recipes/acme/cache/versions/${version}`, {
        method: "PUT",
        token: own,
        body: formatSubmission(submission(cache(version), server.publisher)),
      });
    expect((await put(token, "1.0.0")).status).toBe(201);
    const other = await issuer.token({ ...claims, repository: "evil/recipes" });
    expect(refusalOf(await put(other, "1.1.0"))).toMatchObject({
      status: 403,
      code: "namespace_owner",
    });
  });

  test("without a rule for it a token may nothing, and the audit trail tells whose it was", async () => {
    const token = await issuer.token({ sub: "stranger" });
    expect(await refused(token)).toBe("403 oidc_no_rule");
    await server.flush();
    const { refusals } = (await server.admin("/v1/refusals?actor=ci:stranger")).json<{
      refusals: object[];
    }>();
    expect(refusals).toMatchObject([{ code: "oidc_no_rule", route: "/v1/whoami", count: 1 }]);
  });

  test("attack 11: no algorithm but those for public keys", async () => {
    const good = await issuer.token();
    const claims = bodyOf(good);
    const { publicKey } = await generateKeyPair("RS256");
    const pem = await exportSPKI(publicKey);
    const hmac = (alg: string, secret: string) => {
      const head = base64url({ alg, typ: "JWT" });
      const mac = createHmac("sha256", secret).update(`${head}.${claims}`).digest("base64url");
      return `${head}.${claims}.${mac}`;
    };
    const forged = [
      `${base64url({ alg: "none" })}.${claims}.`,
      `${base64url({ alg: "None" })}.${claims}.${good.split(".")[2]}`,
      `${base64url({})}.${claims}.x`,
      hmac("HS256", pem),
      hmac("HS256", "backbar"),
      hmac("ES256K", pem),
    ];
    for (const token of forged) expect(await refused(token)).toBe("401 http_token_invalid");
    expect(issuer.asked()).toEqual([]);
  });

  test("attack 11: kid, jku, x5u and an embedded key choose nothing, and nobody is asked for them", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "mine", alg: "RS256" };
    const evil = await serve((_, response) => sendJson(response, 200, { keys: [jwk] }));
    const claims = JSON.parse(Buffer.from(bodyOf(await issuer.token()), "base64url").toString());
    const sign = (header: object) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...header }).sign(privateKey);
    const forged = [
      await sign({ kid: `${evil.url}/keys` }),
      await sign({ kid: "../../../../etc/passwd" }),
      await sign({ kid: "first" }),
      await sign({ kid: "mine", jku: `${evil.url}/keys` }),
      await sign({ kid: "mine", x5u: `${evil.url}/cert` }),
      await sign({ kid: "mine", jwk }),
      await sign({ kid: "mine" }),
    ];
    for (const token of forged) expect(await refused(token)).toBe("401 http_token_invalid");
    expect(evil.seen).toEqual([]);
    // What was asked for is what the configuration names, and nothing else.
    expect(new Set(issuer.asked())).toEqual(
      new Set(["/.well-known/openid-configuration", "/keys"]),
    );
  });

  test("attack 11: a token of an issuer that is not configured is refused without a fetch", async () => {
    const evil = await startIssuer(() => new Date(CLOCK));
    for (const iss of [evil.url, `${issuer.url}/`, issuer.url.toUpperCase(), "", undefined]) {
      expect(await refused(await evil.token(iss === undefined ? {} : { iss }))).toBe(
        "401 http_token_invalid",
      );
    }
    expect([evil.asked(), issuer.asked()]).toEqual([[], []]);
  });

  test.each([
    {
      name: "another audience",
      claims: { aud: "https://other.example.com" },
      code: "http_token_invalid",
    },
    { name: "no audience", claims: { aud: undefined }, code: "http_token_invalid" },
    { name: "an end that is past", claims: { exp: SECONDS - 31 }, code: "http_token_expired" },
    { name: "no end", claims: { exp: undefined }, code: "http_token_invalid" },
    { name: "no time of issue", claims: { iat: undefined }, code: "http_token_invalid" },
    { name: "a time of issue to come", claims: { iat: SECONDS + 60 }, code: "http_token_invalid" },
    { name: "a beginning to come", claims: { nbf: SECONDS + 60 }, code: "http_token_invalid" },
    { name: "a life of days", claims: { exp: SECONDS + 90_000 }, code: "http_token_invalid" },
    { name: "an old age", claims: { iat: SECONDS - 90_000 }, code: "http_token_expired" },
    { name: "no subject", claims: { sub: undefined }, code: "http_token_invalid" },
    { name: "an endless subject", claims: { sub: "j".repeat(256) }, code: "http_token_invalid" },
    { name: "a subject of two lines", claims: { sub: "job\nadmin" }, code: "http_token_invalid" },
  ])("refuses $name", async ({ claims, code }) => {
    expect(await refused(await issuer.token(claims as never))).toBe(`401 ${code}`);
  });

  test("takes an audience among others, and a clock that is a little off", async () => {
    const claims = { aud: ["x", "backbar"], iat: SECONDS + 20, nbf: SECONDS + 20 };
    expect((await who(await issuer.token(claims))).status).toBe(200);
    expect((await who(await issuer.token({ exp: SECONDS - 20 }))).status).toBe(200);
  });

  test("a signature over other claims is none", async () => {
    const [head = "", , signature = ""] = (await issuer.token()).split(".");
    const claims = bodyOf(await issuer.token({ repository: "acme/recipes" }));
    expect(await refused(`${head}.${claims}.${signature}`)).toBe("401 http_token_invalid");
  });

  test("takes a new key when the issuer rolls over, and the old one as long as it is in the set", async () => {
    const before = await issuer.token();
    expect((await who(before)).status).toBe(200);
    await issuer.roll("second");
    expect((await who(await issuer.token())).status).toBe(200);
    expect((await who(before)).status).toBe(200);
    await issuer.roll("third", { alone: true });
    expect((await who(await issuer.token())).status).toBe(200);
    expect(await refused(before)).toBe("401 http_token_invalid");
    await issuer.roll("stolen", { hidden: true });
    expect(await refused(await issuer.token())).toBe("401 http_token_invalid");
  });

  test.each(["error", "huge", "redirect", "other issuer", "other origin"] as const)(
    "an issuer whose keys cannot be had (%s) is a 503, and other tokens work",
    async (fault) => {
      issuer.fail(fault);
      const token = await issuer.token();
      expect(await refused(token)).toBe("503 oidc_unavailable");
      expect(await refused(token)).toBe("503 oidc_unavailable");
      expect(issuer.asked()).not.toContain("/elsewhere");
      expect((await server.admin("/v1/whoami")).status).toBe(200);
      expect((await server.call("/v1/recipes")).status).toBe(200);
    },
  );

  test("what only looks like a JWT is refused", async () => {
    for (const token of ["eyJ.eyJ.", "eyJhbGciOiJSUzI1NiJ9.e30.x", `eyJ${"A".repeat(8000)}.A.A`]) {
      expect(await refused(token)).toBe("401 http_token_invalid");
    }
    expect(issuer.asked()).toEqual([]);
  });
});
