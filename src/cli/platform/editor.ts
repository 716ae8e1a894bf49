/** The user's own editor, as other programs start it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import type { Machine } from "../frame/machine.js";
import { UsageError } from "../frame/usage.js";

/**
 * Lets the user edit `file`, an absolute path, and waits until the editor ends.
 * @throws {UsageError} where there is no editor; {CliError} cli_editor where it fails
 */
export async function editFile(machine: Machine, file: string): Promise<void> {
  const editor = chooseEditor(machine);
  // The shell takes it apart: an editor may come with flags.
  const args = ["-c", `${editor} "$@"`, editor, file];
  const code = await holdInterrupts(async () => {
    const child = spawn("sh", args, { cwd: machine.folder, stdio: "inherit" });
    const [ended] = await once(child, "close");
    return ended;
  });
  if (code === 0) return;
  throw new CliError("cli_editor", `the editor (${editor}) failed`, {
    hint: "VISUAL or EDITOR names another",
  });
}

function chooseEditor({ env, stdin }: Machine): string {
  const named = [env("VISUAL"), env("EDITOR")].find((editor) => (editor ?? "").trim() !== "");
  if (named !== undefined) return named;
  if (stdin.isTerminal) return "vi";
  throw new UsageError("there is no terminal for an editor", "VISUAL or EDITOR names one");
}
