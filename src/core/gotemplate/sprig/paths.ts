/**
 * Sprig's path functions: Go's `path` package, and `path/filepath` on Linux, which is the same.
 * Purely lexical: no file system is asked.
 */
import { type CallContext, GoFunction } from "../value.js";

export const pathFunctions: readonly GoFunction[] = [
  pathFunction("base", base),
  pathFunction("dir", dir),
  pathFunction("clean", clean),
  pathFunction("ext", ext),
  pathFunction("isAbs", isAbs),
  pathFunction("osBase", base),
  pathFunction("osDir", dir),
  pathFunction("osClean", clean),
  pathFunction("osExt", ext),
  pathFunction("osIsAbs", isAbs),
];

function pathFunction(name: string, apply: (path: string) => string | boolean): GoFunction {
  return new GoFunction(name, ["string"], (context: CallContext, path: string) => {
    context.allocate(path.length);
    return apply(path);
  });
}

/** The last element, without trailing slashes; "." for nothing, "/" for slashes only. */
function base(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return end === 0 ? "/" : path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

function dir(path: string): string {
  return clean(path.slice(0, path.lastIndexOf("/") + 1));
}

/** The shortest equal path: no ".", no empty elements, ".." only at the front of a relative path. */
function clean(path: string): string {
  const rooted = isAbs(path);
  const kept: string[] = [];
  for (const element of path.split("/")) {
    if (element === "" || element === ".") continue;
    if (element !== "..") kept.push(element);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(element);
  }
  const joined = kept.join("/");
  if (rooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** The last element from its last dot on. */
function ext(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(dot) : "";
}

function isAbs(path: string): boolean {
  return path.startsWith("/");
}
