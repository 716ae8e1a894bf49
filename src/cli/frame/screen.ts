/**
 * What people and programs are shown. Results go to the standard output, everything else to the
 * standard error: tables and colour on a terminal, plain text elsewhere, one JSON object with
 * `--json`. Text from elsewhere never drives the terminal.
 */
import { styleText } from "node:util";
import type { BackbarError, Problem } from "../../errors.js";
import { describeError, describeFault } from "./describe.js";
import type { Machine, Output } from "./machine.js";

/** What a command has to say in the end. */
export type Outcome =
  | {
      /** With `--json`; its form is stable. */
      readonly json: unknown;
      /** For people, each line with its end. */
      readonly text: string;
      /** Where the answer is a failure that is no error, such as a difference. */
      readonly exitCode?: 1;
      /** What to do next, for people: told after the result, and not with `--json`. */
      readonly hints?: readonly string[];
    }
  /** A file that was asked for, byte for byte. */
  | { readonly raw: Uint8Array };

/** Styles that text may have; nothing else that drives a terminal is ever written. */
type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const ESCAPE = "\u001b";
/** Between the columns of a table. */
const GAP = "  ";

export class Screen {
  readonly #machine: Machine;
  readonly #json: boolean;
  readonly #colour: boolean;
  readonly #errorColour: boolean;

  constructor(machine: Machine, options: { readonly json: boolean }) {
    this.#machine = machine;
    this.#json = options.json;
    this.#colour = hasColour(machine, machine.stdout);
    this.#errorColour = hasColour(machine, machine.stderr);
  }

  /** Text of a result in a style, where the standard output shows styles. */
  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Rows under a header, as `columns` aligns them. */
  table(header: readonly string[], rows: readonly (readonly string[])[]): Promise<string> {
    return this.columns([header.map((title) => this.style("bold", title.toUpperCase())), ...rows]);
  }

  /**
   * Rows in aligned columns. On a terminal prose in the last column is cut where the line ends, but
   * no name, digest or URL. Cells hold plain text or what `style` gave.
   */
  async columns(rows: readonly (readonly string[])[]): Promise<string> {
    const { default: stringWidth } = await import("string-width");
    const all = rows.map((row) => row.map(oneLine));
    const last = Math.max(...all.map((row) => row.length)) - 1;
    const widths = Array.from({ length: last }, (_, column) =>
      Math.max(...all.map((row) => stringWidth(row[column] ?? ""))),
    );
    const before = widths.reduce((sum, width) => sum + width + GAP.length, 0);
    const { columns } = this.#machine.stdout;
    const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - before, 20);
    const lines = all.map((row) =>
      row.map((cell, column) => {
        if (column === last) return cutTo(cell, room, stringWidth);
        return cell + " ".repeat((widths[column] ?? 0) - stringWidth(cell));
      }),
    );
    return lines.map((line) => `${line.join(GAP).trimEnd()}\n`).join("");
  }

  /** A line for people that is no result. */
  note(line: string): void {
    this.#machine.stderr.write(`${cleanText(line)}\n`);
  }

  /** What went through and should be known. */
  warn({ message, place, hint }: Omit<Problem, "code">): void {
    this.note(`${this.#errorStyle("yellow", "warning:")} ${describeFault(message, place)}`);
    if (hint !== undefined) this.note(`  hint: ${hint}`);
  }

  /** Shows on a terminal what is being done, while `work` does it. */
  async during<T>(what: string, work: (update: (what: string) => void) => Promise<T>): Promise<T> {
    const { stderr } = this.#machine;
    if (!stderr.isTerminal || this.#machine.env("TERM") === "dumb") return work(() => undefined);
    const { default: yoctoSpinner } = await import("yocto-spinner");
    const spinner = yoctoSpinner({ text: cleanText(what), stream: process.stderr }).start();
    try {
      return await work((text) => {
        spinner.text = cleanText(text);
      });
    } finally {
      spinner.stop();
    }
  }

  /** Writes a command's outcome. */
  show(outcome: Outcome): void {
    const { stdout } = this.#machine;
    if ("raw" in outcome) stdout.write(outcome.raw);
    else if (this.#json) stdout.write(formatJson(outcome.json));
    else stdout.write(cleanText(outcome.text));
    if ("raw" in outcome || this.#json) return;
    for (const hint of outcome.hints ?? []) this.note(`hint: ${hint}`);
  }

  /** Tells what went wrong with one of several things; the outcome says the rest. */
  complain(error: BackbarError): void {
    this.#writeError(describeError(error));
  }

  /** Writes what went wrong: lines for people and, with `--json`, `{"error": …}` as the result. */
  showError(lines: string, error: unknown): void {
    this.#writeError(lines);
    if (this.#json) this.#machine.stdout.write(formatJson({ error }));
  }

  #writeError(lines: string): void {
    const [, lead, rest] = /^(backbar: error:)(.*)$/s.exec(lines) ?? [];
    const styled = lead === undefined ? lines : this.#errorStyle("red", lead) + rest;
    this.#machine.stderr.write(cleanText(styled));
  }

  #errorStyle(style: Style, text: string): string {
    return this.#errorColour ? styleText(style, text, { validateStream: false }) : text;
  }
}

/** https://no-color.org, https://force-color.org */
function hasColour({ env }: Machine, { isTerminal }: Output): boolean {
  if ((env("NO_COLOR") ?? "") !== "") return false;
  const forced = env("FORCE_COLOR");
  if (forced !== undefined) return forced !== "0";
  return isTerminal && env("TERM") !== "dumb";
}

/** JSON text without characters that drive a terminal: JSON itself leaves some as they are. */
function formatJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? "null";
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${text.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escaped)}\n`;
}

/** Of control characters only line ends, tabs and our own styles stay; nothing turns text around. */
function cleanText(text: string): string {
  return text.replace(
    /\p{Cc}\[(?:1|2|22|3[1236]|39)m|[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu,
    (found) => (found.length > 1 && found.startsWith(ESCAPE) ? found : "\ufffd"),
  );
}

function oneLine(cell: string): string {
  return cell.replace(/\s*\n\s*/g, " ").replaceAll("\t", " ");
}

/** Cells that are cut have no style: only plain text is as long as this. */
function cutTo(cell: string, room: number, width: (text: string) => number): string {
  if (width(cell) <= room || !cell.includes(" ")) return cell;
  let cut = "";
  for (const char of cell) {
    if (width(cut + char) > room - 1) break;
    cut += char;
  }
  return `${cut}…`;
}
