/** The parts of a Compose document that provisioners make, collected in their order. */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { PieceSink, Served } from "../../provision/provision.js";
import type { TemplateKey } from "../../recipe/provisioner.js";
import type { Form } from "./form.js";
import { models, networks, services, volumes } from "./model.js";

type Section = "networks" | "services" | "volumes" | "models";

const FORMS: Readonly<Record<Section, Form>> = { networks, services, volumes, models };
const SECTIONS: readonly Section[] = ["networks", "services", "volumes", "models"];

export class ComposePieces implements PieceSink {
  readonly name = "sections";
  readonly keys: readonly TemplateKey[] = SECTIONS;
  readonly networks = new Map<string, Data>();
  readonly services = new Map<string, Data>();
  readonly volumes = new Map<string, Data>();
  readonly models = new Map<string, Data>();
  readonly #modelsBySource = new Map<string, Set<string>>();

  /** Of two pieces with one name the later replaces the earlier whole. */
  take(key: TemplateKey, piece: Data, served: Served): void {
    const section = SECTIONS.find((name) => name === key);
    if (section === undefined || piece === null) return;
    const made = FORMS[section].decode(piece, section) as DataMap;
    for (const [name, value] of made) {
      this[section].set(name, value);
      if (section === "models") this.#addModel(served.sourceWorkload, name);
    }
  }

  takeAgain(key: TemplateKey, piece: Data, served: Served): void {
    this.take(key, piece, served);
  }

  /** Names of the models that resources of `workload` made. */
  modelsOf(workload: string): string[] {
    return [...(this.#modelsBySource.get(workload) ?? [])];
  }

  #addModel(workload: string, name: string): void {
    const names = this.#modelsBySource.get(workload) ?? new Set();
    this.#modelsBySource.set(workload, names.add(name));
  }
}
