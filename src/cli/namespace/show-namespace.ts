/** How namespaces are shown. */
import {
  listNamespaces,
  type NamespaceDetail,
  type NamespaceEntry,
} from "../../client/namespaces.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { ownNames } from "../keys/list-keys.js";

/** All namespaces. */
export async function showAll(session: Session): Promise<Outcome> {
  const found = await listNamespaces(await session.client());
  const rows = found.map((one) => [
    one.name,
    describeVisibility(one),
    String(one.signatures),
    one.commands ? "allowed" : "no",
    one.owners.join(", "),
  ]);
  const header = ["name", "visibility", "signatures", "commands", "owners"];
  return {
    json: { namespaces: found.map(({ json }) => json) },
    text: found.length === 0 ? "" : await session.screen.table(header, rows),
  };
}

/** One namespace with its keys; one's own are marked. */
export async function showNamespace(
  session: Session,
  namespace: NamespaceDetail,
): Promise<Outcome> {
  const { name, owners, signatures, commands, publisherKeys } = namespace;
  const own = await ownNames(session);
  const keys = publisherKeys.map(({ fingerprint }) => {
    const names = own.get(fingerprint);
    return names === undefined ? fingerprint : `${fingerprint} (yours: ${names.join(", ")})`;
  });
  const lines: [string, string][] = [
    ["name", name],
    ["visibility", describeVisibility(namespace)],
    ["owners", owners.length === 0 ? "none: administrators only" : owners.join(", ")],
    ["signatures", `${signatures} for each version`],
    ["commands", commands ? "cmd:// provisioners are allowed" : "no cmd:// provisioners"],
    ["keys", keys.length === 0 ? "none: nobody can publish yet" : (keys[0] ?? "")],
    ...keys.slice(1).map((key): [string, string] => ["", key]),
  ];
  const text = lines.map(([label, value]) => {
    const head = label === "" ? "" : `${label}:`;
    return `${head.padEnd(12)}${value}\n`;
  });
  return { json: namespace.json, text: text.join("") };
}

function describeVisibility({ visibility, tombstonedAt }: NamespaceEntry): string {
  return tombstonedAt === undefined ? visibility : `given up ${tombstonedAt.slice(0, 10)}`;
}
