/** Schemathesis in a virtual environment beside the repository's own packages. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const REQUIREMENTS = "test/fuzz/api/requirements.txt";
const FOLDER = path.resolve(".schemathesis");

/** Installs what `requirements.txt` says where it is not there yet; the program's path. */
export function installSchemathesis(): string {
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  const stamp = path.join(FOLDER, "installed.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    run("python3", "-m", "venv", "--clear", FOLDER);
    const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
    run(path.join(FOLDER, "bin/python"), ...pip, "--requirement", REQUIREMENTS);
    writeFileSync(stamp, wanted);
  }
  return path.join(FOLDER, "bin/schemathesis");
}

function run(program: string, ...args: string[]): void {
  try {
    execFileSync(program, args, { stdio: "inherit" });
  } catch (cause) {
    const hint = "it needs Python 3.10 or newer with venv; on Debian: apt-get install python3-venv";
    throw new Error(`schemathesis was not installed: ${hint}`, { cause });
  }
}
