/** Sprig's random text. Every text made is reported as a secret. */
import { Buffer } from "node:buffer";
import { FunctionError } from "../error.js";
import { type CallContext, GoFunction } from "../value.js";
import { randomText } from "./random-bytes.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 0x20 + i));

export const randomFunctions: readonly GoFunction[] = [
  randomFunction("randAlpha", LETTERS),
  randomFunction("randNumeric", DIGITS),
  randomFunction("randAlphaNum", LETTERS + DIGITS),
  randomFunction("randAscii", PRINTABLE),
  new GoFunction("randBytes", ["int"], randBytes),
];

function randomFunction(name: string, alphabet: string): GoFunction {
  return new GoFunction(name, ["int"], (context: CallContext, count: bigint) => {
    // Go drops the error for a negative count
    if (count <= 0n) return "";
    const size = Number(count);
    context.allocate(size);
    context.charge(size);
    return keepSecret(context, randomText(context, alphabet, size));
  });
}

/** `count` random bytes in base64. */
function randBytes(context: CallContext, count: bigint): string {
  if (count < 0n) throw new FunctionError("runtime error: makeslice: len out of range");
  const size = Number(count);
  context.allocate(2 * size);
  context.charge(size);
  return keepSecret(context, Buffer.from(context.host.randomBytes(size)).toString("base64"));
}

function keepSecret(context: CallContext, text: string): string {
  if (text !== "") context.secret(text);
  return text;
}
