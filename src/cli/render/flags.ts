/** The flags of `backbar render`, and what users of the Score CLIs may write instead. */
import type { CommanderError } from "@commander-js/extra-typings";
import type { Target } from "../../core/score/project-state.js";
import { UsageError } from "../frame/usage.js";

/** As commander gives them; undefined where one is not given. */
export interface RenderFlags {
  readonly local?: true | undefined;
  readonly environment?: string | undefined;
  readonly target?: Target | undefined;
  readonly release?: number | undefined;
  readonly project?: string | undefined;
  /** False for `--no-record`. */
  readonly record: boolean;
  readonly provisioners?: readonly string[] | undefined;
  readonly patchTemplate?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
  readonly publish?: readonly string[] | undefined;
  readonly image?: string | undefined;
  readonly build?: readonly string[] | undefined;
  readonly overridesFile?: string | undefined;
  readonly overrideProperty?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly generateNamespace?: true | undefined;
  readonly strict?: true | undefined;
  readonly out: string;
  readonly split?: true | undefined;
  readonly state?: string | undefined;
  readonly server?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly context?: string | undefined;
  readonly json?: true | undefined;
}

/** What the CLIs call otherwise. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["--patch-templates", "--patch-template names one; it can be repeated"],
  ["--output", "--out names the folder of the document, or - to print it"],
  ["-o", "--out names the folder of the document, or - to print it"],
  ["--no-default-provisioners", "no provisioners come with the program: leave it out"],
  ["--file", "Score files are named without a flag"],
  ["-f", "Score files are named without a flag"],
  ["--no-sample", "no Score file is made up: leave it out"],
  ["--quiet", "what is told goes to standard error: 2>/dev/null hides it"],
  ["--verbose", "nothing more is told: leave it out"],
  ["-v", "nothing more is told: leave it out"],
]);

/** The error of a command line that commander refuses, with a hint where the Score CLIs have the flag. */
export function explainFlag(error: CommanderError): Error {
  if (error.code !== "commander.unknownOption") return error;
  const [, given = ""] = /'(.*)'/s.exec(error.message) ?? [];
  const hint = ELSEWHERE.get(flagOf(given));
  if (hint !== undefined) return new UsageError(`unknown option '${given}'`, hint);
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  return new UsageError(
    message,
    suggestion?.replace(/^\((.*)\)$/, "$1") ?? "backbar render --help",
  );
}

/** Without a value that is joined to it: `--output=x`, `-ox`. */
function flagOf(arg: string): string {
  return arg.startsWith("--") ? arg.replace(/=.*/s, "") : arg.slice(0, 2);
}
