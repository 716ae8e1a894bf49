import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPrivateKey } from "../src/core/trust/keys.js";
import { openSigned, sign } from "../src/core/trust/signed-json.js";
import { externalSigner, type SignerFailure } from "../src/external-signer.js";
import { makeKey } from "./helpers/server.js";

const script = fileURLToPath(new URL("./helpers/signer.mjs", import.meta.url));
const TYPE = "vnd.backbar.test.v1+json";
const key = makeKey();
const { publicKey } = key;
let folder: string;
let keyFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "backbar-signer-"));
  keyFile = path.join(folder, "key.pem");
  await writeFile(keyFile, formatPrivateKey(key), { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function signerWith(command: readonly string[], timeoutSeconds = 20) {
  const failures: SignerFailure[] = [];
  const report = (failure: SignerFailure) => failures.push(failure);
  const signer = externalSigner({ name: "release", publicKey, command, report, timeoutSeconds });
  return { signer, failures };
}
const run = (mode: string) => [process.execPath, script, mode, keyFile];

describe("a key kept elsewhere", () => {
  test("signs by a command, as a key at hand does", async () => {
    const { signer, failures } = signerWith(run("sign"));
    const jws = await sign({ number: 1 }, TYPE, signer);
    expect(await openSigned(jws, TYPE, publicKey)).toMatchObject({ payload: { number: 1 } });
    expect(failures).toEqual([]);
  });

  test.each([
    { mode: "garbage", reason: /no JSON/ },
    { mode: "nothing", reason: /no JSON/ },
    { mode: "no-signature", reason: /no signature/ },
    { mode: "flood", reason: /longer than/ },
    { mode: "stranger", reason: /not by the key/ },
    { mode: "vanish", reason: /ended by SIGKILL/ },
  ])("is out of reach where the command's answer is $mode", async ({ mode, reason }) => {
    const { signer, failures } = signerWith(run(mode));
    await expect(sign({}, TYPE, signer)).rejects.toMatchObject({ code: "signer_unavailable" });
    expect(failures).toMatchObject([{ signer: "release", reason: expect.stringMatching(reason) }]);
  });

  test("is out of reach where the command is not there", async () => {
    const { signer, failures } = signerWith([path.join(folder, "gone")]);
    await expect(sign({}, TYPE, signer)).rejects.toMatchObject({ code: "signer_unavailable" });
    expect(failures).toMatchObject([{ reason: expect.stringMatching(/ENOENT/) }]);
  });

  test("what the command complains of is for the operator alone", async () => {
    const { signer, failures } = signerWith(run("refuse"));
    const refused = sign({}, TYPE, signer);
    await expect(refused).rejects.toMatchObject({ code: "signer_unavailable" });
    await expect(refused).rejects.not.toThrow(/SECRET/);
    expect(failures).toEqual([
      {
        signer: "release",
        reason: "it failed",
        exitCode: 3,
        said: "token of the vault has expired: s.VERYSECRET",
      },
    ]);
  });

  test("a command that hangs is ended, and others do not wait for it too", async () => {
    const { signer, failures } = signerWith(run("hang"), 1);
    const began = performance.now();
    await expect(sign({}, TYPE, signer)).rejects.toMatchObject({ code: "signer_unavailable" });
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(900);
    await expect(sign({}, TYPE, signer)).rejects.toMatchObject({ code: "signer_unavailable" });
    expect(performance.now() - began - took).toBeLessThan(500);
    expect(failures).toMatchObject([{ reason: "no answer within 1 s" }]);
  });
});
