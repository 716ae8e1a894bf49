/** The commands by name. The file of one is loaded when it is asked for. */
import type { Define } from "./frame/command.js";

export interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Loaded on demand: starting up costs only what the command needs. */
  readonly load: () => Promise<Define>;
}

/** By the people whom they are for. */
export const COMMANDS: Readonly<Record<string, readonly Entry[]>> = {
  "For authors:": [
    {
      name: "init",
      summary: "make a recipe to start from",
      load: async () => (await import("./commands/init.js")).init,
    },
    {
      name: "import",
      summary: "make recipes of provisioners files",
      load: async () => (await import("./commands/import.js")).importCommand,
    },
    {
      name: "check",
      summary: "say what publishing would refuse",
      load: async () => (await import("./commands/check.js")).check,
    },
    {
      name: "test",
      summary: "render a recipe's examples and compare with what is recorded",
      load: async () => (await import("./commands/test.js")).test,
    },
    {
      name: "diff",
      summary: "show what changes from one version to another",
      load: async () => (await import("./commands/diff.js")).diff,
    },
    {
      name: "publish",
      summary: "sign recipes and publish them",
      load: async () => (await import("./commands/publish.js")).publish,
    },
    {
      name: "keys",
      summary: "make publisher keys, and say which may sign for a namespace",
      load: async () => (await import("./commands/keys.js")).keys,
    },
    {
      name: "namespace",
      summary: "make namespaces, their owners and rules",
      load: async () => (await import("./commands/namespace.js")).namespace,
    },
    {
      name: "yank",
      summary: "keep a version out of new releases",
      load: async () => (await import("./commands/notice.js")).yank,
    },
    {
      name: "deprecate",
      summary: "say what to use instead of a version",
      load: async () => (await import("./commands/notice.js")).deprecate,
    },
  ],
  "For developers:": [
    {
      name: "install",
      summary: "put recipes into a Score project, pinned by backbar.lock",
      load: async () => (await import("./commands/install.js")).install,
    },
    {
      name: "uninstall",
      summary: "take recipes out of a Score project",
      load: async () => (await import("./commands/uninstall.js")).uninstall,
    },
    {
      name: "outdated",
      summary: "list installed recipes that have higher versions",
      load: async () => (await import("./commands/outdated.js")).outdated,
    },
    {
      name: "update",
      summary: "move installed recipes to higher versions",
      load: async () => (await import("./commands/update.js")).update,
    },
    {
      name: "pull",
      summary: "fetch the files of an environment, verified",
      load: async () => (await import("./commands/pull.js")).pull,
    },
    {
      name: "render",
      summary: "render Score files to Docker Compose or Kubernetes",
      load: async () => (await import("./commands/render.js")).render,
    },
    {
      name: "search",
      summary: "find recipes by words and by what they provide",
      load: async () => (await import("./commands/search.js")).search,
    },
    {
      name: "show",
      summary: "show what a recipe provides, who signed it, its files and versions",
      load: async () => (await import("./commands/show.js")).show,
    },
    {
      name: "resolve",
      summary: "say which recipe serves a resource in an environment, and why",
      load: async () => (await import("./commands/resolve.js")).resolve,
    },
  ],
  "For platform teams:": [
    {
      name: "env",
      summary: "show and change environments",
      load: async () => (await import("./commands/env.js")).env,
    },
    {
      name: "entry-list",
      summary: "show and change entries that environments share",
      load: async () => (await import("./commands/entry-list.js")).entryList,
    },
    {
      name: "release",
      summary: "preview, cut and compare releases of an environment",
      load: async () => (await import("./commands/release.js")).release,
    },
    {
      name: "promote",
      summary: "take a release's versions into another environment",
      load: async () => (await import("./commands/promote.js")).promote,
    },
    {
      name: "approve",
      summary: "agree that a waiting release is served",
      load: async () => (await import("./commands/approve.js")).approve,
    },
    {
      name: "rollback",
      summary: "go back to an earlier release",
      load: async () => (await import("./commands/rollback.js")).rollback,
    },
  ],
  "For auditors:": [
    {
      name: "verify",
      summary: "verify a version, release or environment without trust in the registry",
      load: async () => (await import("./commands/verify.js")).verify,
    },
    {
      name: "bundle",
      summary: "write evidence that is verified without the registry",
      load: async () => (await import("./commands/bundle.js")).bundle,
    },
    {
      name: "log",
      summary: "audit a registry's log; go on with it after a backup was restored",
      load: async () => (await import("./commands/log.js")).log,
    },
    {
      name: "usage",
      summary: "say which workloads use which versions",
      load: async () => (await import("./commands/usage.js")).usage,
    },
    {
      name: "refusals",
      summary: "say who was refused what",
      load: async () => (await import("./commands/refusals.js")).refusals,
    },
    {
      name: "report",
      summary: "record what the Score CLIs rendered without the registry",
      load: async () => (await import("./commands/report.js")).report,
    },
  ],
  "Registries:": [
    {
      name: "login",
      summary: "pin a registry's root key and keep a token for it",
      load: async () => (await import("./commands/login.js")).login,
    },
    {
      name: "whoami",
      summary: "say who you are there, and what you may",
      load: async () => (await import("./commands/whoami.js")).whoami,
    },
    {
      name: "token",
      summary: "make, list and revoke tokens",
      load: async () => (await import("./commands/token.js")).token,
    },
    {
      name: "logout",
      summary: "forget the token of a registry",
      load: async () => (await import("./commands/logout.js")).logout,
    },
    {
      name: "context",
      summary: "show and choose the registries that you logged in to",
      load: async () => (await import("./commands/context.js")).context,
    },
  ],
  "More:": [
    {
      name: "completion",
      summary: "let a shell complete commands, flags and names",
      load: async () => (await import("./commands/completion.js")).completion,
    },
    {
      name: "help",
      summary: "help of a command, or of a topic: variables, output, references, files, trust",
      load: async () => (await import("./commands/help.js")).help,
    },
  ],
};

export function isCommand(name: string): boolean {
  return Object.values(COMMANDS).some((entries) => entries.some((entry) => entry.name === name));
}
