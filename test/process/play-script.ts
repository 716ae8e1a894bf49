/**
 * Plays a script of commands and what they printed, as a person would see it:
 *
 *     ## Prose is kept as it is.
 *     $ backbar --version
 *     0.1.0
 *
 * A command goes from `$ ` to the first line that is whole; further lines of it begin with `> `. All
 * run in one shell, one after the other, in one folder; `[exit 1]` follows what failed. What differs
 * from run to run has the same name each time: digests are numbered in the order in which they come.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";

export interface Scene {
  /** Where the commands run; absolute. */
  readonly folder: string;
  /** A folder beside it for what the commands need and nobody looks at. */
  readonly backstage: string;
  readonly env: Readonly<Record<string, string>>;
  /** Names for texts that differ from run to run; of the same length, where tables hold them. */
  readonly names: ReadonlyMap<string, string>;
}

/** The script as it reads when it is played now. */
export async function playScript(script: string, scene: Scene): Promise<string> {
  const blocks = parse(script);
  const outputs = await runAll(
    blocks.flatMap(({ command }) => command ?? []),
    scene,
  );
  const played = blocks.map(({ lines, command }, index) => {
    if (command !== undefined) return `${lines.join("\n")}\n${outputs.shift()}`;
    return `${index === 0 ? "" : "\n"}${lines.join("\n")}\n`;
  });
  return nameVolatile(played.join(""), scene.names);
}

interface Block {
  /** The prose, or the command's lines as they stand. */
  readonly lines: readonly string[];
  readonly command?: string;
}

/** Prose and commands in turn; recorded output, up to the next of them, is passed over. */
function parse(script: string): Block[] {
  const blocks: Block[] = [];
  const lines = script.replace(/\n$/, "").split("\n");
  for (let at = 0; at < lines.length; ) {
    const start = at;
    if (lines[at]?.startsWith("$ ")) {
      at++;
      while (lines[at]?.startsWith("> ") || lines[at] === ">") at++;
      const own = lines.slice(start, at);
      blocks.push({ lines: own, command: own.map((line) => line.slice(2)).join("\n") });
      while (at < lines.length && !/^(?:\$ |##)/.test(lines[at] ?? "")) at++;
    } else {
      while (at < lines.length && !lines[at]?.startsWith("$ ")) at++;
      blocks.push({ lines: lines.slice(start, at) });
    }
  }
  return blocks;
}

const MARK = "==== end of command, exit ";

/** What each command printed, stdout and stderr as they came. */
async function runAll(commands: readonly string[], scene: Scene): Promise<string[]> {
  const bin = path.join(scene.backstage, "bin");
  await mkdir(bin, { recursive: true });
  await mkdir(scene.folder, { recursive: true });
  const main = path.resolve("dist/cli/main.js");
  await writeFile(path.join(bin, "backbar"), `#!/bin/sh\nexec node '${main}' "$@"\n`);
  await chmod(path.join(bin, "backbar"), 0o755);
  await symlink(process.execPath, path.join(bin, "node"));
  const shell = spawn("bash", ["-s"], {
    cwd: scene.folder,
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: scene.backstage,
      LANG: "C.UTF-8",
      ...scene.env,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const input = commands.map(
    (command) => `{\n${command}\n} 2>&1 </dev/null; printf '%s%s\\n' '${MARK}' $?\n`,
  );
  shell.stdin.end(input.join(""));
  const [output] = await Promise.all([text(shell.stdout), once(shell, "close")]);
  const parts = output.split(new RegExp(`${MARK}(\\d+)\\n`));
  return commands.map((command, index) => {
    const [printed, exit] = parts.slice(index * 2, index * 2 + 2);
    if (printed === undefined || exit === undefined) throw new Error(`no end of: ${command}`);
    const whole = printed === "" || printed.endsWith("\n") ? printed : `${printed}\n`;
    return exit === "0" ? whole : `${whole}[exit ${exit}]\n`;
  });
}

function nameVolatile(text: string, names: ReadonlyMap<string, string>): string {
  let named = text;
  for (const [value, name] of names) named = named.replaceAll(value, name);
  const digests = new Map<string, string>();
  return named
    .replace(
      /\b(sha256:)?([0-9a-f]{64}|(?<=sha256:)[0-9a-f]{7,63})(?![0-9a-f])/g,
      (_, prefix = "", hex: string) => {
        const key = hex.slice(0, 7);
        const number = digests.get(key) ?? String(digests.size + 1);
        digests.set(key, number);
        return `${prefix}<digest ${number}>`;
      },
    )
    .replace(/\b[0-9a-f]{16}\b/g, "<id of 16 digits>")
    .replace(/(?<=-----BEGIN PUBLIC KEY-----\n)[^-]+/g, "<public key>\n")
    .replace(/\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d)?(:\d\d)?(\.\d+)?/g, (time) =>
      "2031-05-06 07:08:09.000".slice(0, time.length),
    );
}
