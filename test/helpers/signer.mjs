/**
 * An external signer for tests, in a process of its own: `node signer.mjs MODE KEYFILE`. Its mode
 * may also be the path of a file that holds the mode, so that a test changes it meanwhile.
 */
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

const [given = "", keyFile = ""] = process.argv.slice(2);
const mode = existsSync(given) ? readFileSync(given, "utf8").trim() : given;
const request = JSON.parse(readFileSync(0, "utf8"));

const signatureBy = (key) =>
  sign("sha256", Buffer.from(request.message, "base64"), key).toString("base64");
const own = () => createPrivateKey(readFileSync(keyFile));
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const modes = {
  sign: () => answer({ signature: signatureBy(own()) }),
  hang: () => setTimeout(() => {}, 60_000),
  garbage: () => process.stdout.write("<html>"),
  nothing: () => {},
  flood: () => process.stdout.write("x".repeat(100_000)),
  stranger: () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    answer({ signature: signatureBy(privateKey) });
  },
  "no-signature": () => answer({ signed: true }),
  refuse: () => {
    process.stderr.write("token of the vault has expired: s.VERYSECRET\nsecond line\n");
    process.exitCode = 3;
  },
  vanish: () => process.kill(process.pid, "SIGKILL"),
};
modes[mode]();
