/**
 * A key kept outside of this process: a command signs with it, such as the client of a key
 * management service or of a hardware module. It gets one request on its standard input,
 * `{"key": fingerprint, "algorithm": "ES256", "message": base64}`, and answers on its standard
 * output with `{"signature": base64 of the DER}`. The answer is used only where it verifies with
 * the public half at hand. docs/operator.md documents it for operators.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { membersOf } from "./core/codec/members.js";
import { TrustError } from "./core/trust/error.js";
import { type PublicKey, verifyMessage } from "./core/trust/keys.js";
import type { Signer } from "./core/trust/signer.js";

export interface ExternalSignerOptions {
  /** Which key it is, for people. */
  readonly name: string;
  readonly publicKey: PublicKey;
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Says to the operator alone what went wrong. */
  readonly report: (failure: SignerFailure) => void;
  readonly timeoutSeconds?: number;
}

export interface SignerFailure {
  /** The key that cannot be used. */
  readonly signer: string;
  readonly reason: string;
  readonly exitCode?: number;
  /** First line of what the command said on its standard error. */
  readonly said?: string;
}

const TIMEOUT_SECONDS = 5;
const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_SAID_BYTES = 500;
/** Whoever asks holds locks meanwhile: after a command that hung, others are refused at once for so long. */
const HOLD_OFF_MS = 2000;

/** Signs by running a command; each failure is `signer_unavailable`. */
export function externalSigner(options: ExternalSignerOptions): Signer {
  const { name, publicKey, report } = options;
  let hungUntilMs = 0;
  return {
    publicKey,
    sign: async (message) => {
      if (performance.now() < hungUntilMs) throw unavailable(name);
      try {
        return await signWith(options, message);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.hung) hungUntilMs = performance.now() + HOLD_OFF_MS;
        report({ signer: name, reason: error.message, ...error.details });
        throw unavailable(name);
      }
    },
  };
}

function unavailable(name: string): TrustError {
  return new TrustError(
    "signer_unavailable",
    `the registry's ${name} key cannot be used at the moment: nothing was changed`,
    { hint: "try again later; reading goes on" },
  );
}

/** What the operator is told. */
class Failure extends Error {
  readonly details: Omit<SignerFailure, "signer" | "reason">;
  readonly hung: boolean;
  constructor(reason: string, details: Failure["details"] = {}, hung = false) {
    super(reason);
    this.details = details;
    this.hung = hung;
  }
}

async function signWith(
  { publicKey, command, timeoutSeconds = TIMEOUT_SECONDS }: ExternalSignerOptions,
  message: Uint8Array,
): Promise<Uint8Array> {
  const request = JSON.stringify({
    key: publicKey.fingerprint,
    algorithm: publicKey.algorithm,
    message: Buffer.from(message).toString("base64"),
  });
  const answer = await run(command, `${request}\n`, timeoutSeconds);
  const signature = readSignature(answer);
  try {
    verifyMessage(publicKey, message, signature);
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new Failure(`its signature is not by the key ${publicKey.fingerprint}`);
  }
  return signature;
}

/** The standard output of the command, once it ended well. */
function run(command: readonly string[], input: string, timeoutSeconds: number): Promise<Buffer> {
  const [program = "", ...args] = command;
  // A group of its own, so that what it started ends with it.
  const child = spawn(program, args, { stdio: "pipe", detached: true, windowsHide: true });
  const answer: Buffer[] = [];
  const said: Buffer[] = [];
  let answerBytes = 0;
  let saidBytes = 0;
  return new Promise((resolve, reject) => {
    const fail = (failure: Failure) => {
      clearTimeout(timer);
      endGroup(child);
      reject(failure);
    };
    const timer = setTimeout(
      () => fail(new Failure(`no answer within ${timeoutSeconds} s`, whatWasSaid(said), true)),
      timeoutSeconds * 1000,
    );
    child.once("error", (error) => fail(new Failure(`it cannot be run: ${error.message}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes <= MAX_ANSWER_BYTES) answer.push(chunk);
      else fail(new Failure(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`));
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (saidBytes < MAX_SAID_BYTES) said.push(chunk.subarray(0, MAX_SAID_BYTES - saidBytes));
      saidBytes += chunk.length;
    });
    child.once("close", (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode === 0) resolve(Buffer.concat(answer));
      else if (exitCode === null)
        reject(new Failure(`it was ended by ${signal}`, whatWasSaid(said)));
      else reject(new Failure("it failed", { exitCode, ...whatWasSaid(said) }));
    });
    // One that ends without reading is told by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function whatWasSaid(chunks: readonly Buffer[]): { readonly said?: string } {
  const [line = ""] = Buffer.concat(chunks).toString("utf8").trimStart().split("\n", 1);
  return line === "" ? {} : { said: line.trimEnd() };
}

function readSignature(answer: Buffer): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(answer.toString("utf8"));
  } catch {
    throw new Failure("its answer is no JSON");
  }
  const signature = membersOf(value).get("signature");
  if (typeof signature === "string" && signature !== "") {
    return new Uint8Array(Buffer.from(signature, "base64"));
  }
  throw new Failure("its answer has no signature");
}
