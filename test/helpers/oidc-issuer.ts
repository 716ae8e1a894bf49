/** An issuer of OpenID Connect tokens on loopback, whose keys a test rolls over and takes away. */
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { sendJson, serve } from "../client/loopback-server.js";

export interface TestIssuer {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: () => string[];
  /** Makes a key the one that signs; the set has it too, unless it is `hidden`. */
  roll(kid: string, how?: { readonly alone?: boolean; readonly hidden?: boolean }): Promise<void>;
  /** A token of these claims over usual ones, and header fields over usual ones. */
  token(claims?: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Answers everything with a fault from now on. */
  fail(how: "error" | "huge" | "redirect" | "other issuer" | "other origin" | undefined): void;
}

/** Starts an issuer for the running test whose clock is `now`. */
export async function startIssuer(now: () => Date): Promise<TestIssuer> {
  const keys: JWK[] = [];
  let signing: { readonly kid: string; readonly key: CryptoKey } | undefined;
  let fault: Parameters<TestIssuer["fail"]>[0];
  const { url, seen } = await serve(({ url: path }, response) => {
    const issuer = fault === "other issuer" ? "https://evil.example.com" : url;
    const origin = fault === "other origin" ? "http://127.0.0.1:1" : url;
    if (fault === "error") return sendJson(response, 500, {});
    if (fault === "redirect") return sendJson(response, 302, {}, { location: `${url}/elsewhere` });
    if (fault === "huge") return sendJson(response, 200, { keys, fill: "x".repeat(600_000) });
    if (path === "/keys") return sendJson(response, 200, { keys });
    return sendJson(response, 200, { issuer, jwks_uri: `${origin}/keys` });
  });
  const issuer: TestIssuer = {
    url,
    asked: () => seen.map((request) => request.url),
    roll: async (kid, { alone = false, hidden = false } = {}) => {
      const { privateKey, publicKey } = await generateKeyPair("RS256");
      const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
      if (alone) keys.length = 0;
      if (!hidden) keys.push(jwk);
      signing = { kid, key: privateKey };
    },
    token: (claims = {}, header = {}) => {
      if (signing === undefined) throw new Error("the issuer has no key");
      const seconds = Math.floor(now().getTime() / 1000);
      const usual = { iss: url, aud: "backbar", sub: "job", iat: seconds, exp: seconds + 300 };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: signing.kid, ...header })
        .sign(signing.key);
    },
    fail: (how) => {
      fault = how;
    },
  };
  await issuer.roll("first");
  return issuer;
}
