/** A folder with Score files and provisioners, and the command run in it. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach } from "vitest";
import { makeHost } from "../conformance/host.js";
import { emptyFolder } from "../process/service-process.js";
import { renderLocally } from "./render-locally.js";

/** Needs an image, and a password. */
const SCORE = `apiVersion: score.dev/v1b1
metadata: {name: web}
containers: {main: {image: "."}}
resources: {db: {type: password}}
`;
/** Needs nothing. */
const PLAIN = `apiVersion: score.dev/v1b1
metadata: {name: plain}
containers: {main: {image: "t:1"}}
`;
export const WITH_SOURCE = `apiVersion: score.dev/v1b1
metadata: {name: plain}
containers: {main: {image: "t:1", files: {/etc/app.conf: {source: conf/app.conf, mode: "0600"}}}}
`;
export const PROVISIONERS = `- uri: template://acme/password
  type: password
  state: |
    password: {{ dig "password" (randAlphaNum 16) (default dict .State) }}
  outputs: |
    password: {{ .State.password }}
  files: |
    pass.txt: {{ .State.password }}
  info_logs: |
    - made for {{ .SourceWorkload }}
`;

/** Renders score.yaml. */
export const WEB = ["--provisioners", "p.yaml", "--image", "t:1", "score.yaml"];

class Workplace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A new one, with score.yaml, plain.yaml and p.yaml; gone when the test is. */
  static async make(): Promise<Workplace> {
    const place = new Workplace(await emptyFolder());
    await place.put("score.yaml", SCORE);
    await place.put("plain.yaml", PLAIN);
    await place.put("p.yaml", PROVISIONERS);
    return place;
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  async put(name: string, content: string): Promise<void> {
    await mkdir(path.dirname(this.at(name)), { recursive: true });
    await writeFile(this.at(name), content);
  }

  read(name: string): Promise<string> {
    return readFile(this.at(name), "utf8");
  }

  /** Octal permission bits. */
  async mode(name: string): Promise<string> {
    return ((await stat(this.at(name))).mode & 0o777).toString(8);
  }

  render(...args: string[]) {
    const host = makeHost({ COLOUR: "blue" });
    return renderLocally(["--local", ...args], { folder: this.folder, host });
  }
}

/** A new workplace for each test of the file: its functions, and the folder that it is in. */
export function useWorkplace() {
  let place: Workplace;
  beforeEach(async () => {
    place = await Workplace.make();
  });
  return {
    folder: () => place.folder,
    put: (name: string, content: string) => place.put(name, content),
    read: (name: string) => place.read(name),
    mode: (name: string) => place.mode(name),
    render: (...args: string[]) => place.render(...args),
  };
}
