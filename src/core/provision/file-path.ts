/** Slash-separated paths as Go's `path/filepath` sees them on Unix, without touching a disk. */

/** The shortest equal path: no `.`, no `//`, no `..` after a name; `.` for an empty path. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") kept.push(name);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(name);
  }
  const joined = kept.join("/");
  return rooted ? `/${joined}` : joined || ".";
}

/** All but the last name, cleaned. */
export function directoryOf(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/** The last name, trailing slashes ignored; `/` for a path of slashes, `.` for an empty one. */
export function baseName(path: string): string {
  const names = path.split("/").filter((name) => name !== "");
  return names.at(-1) ?? (path === "" ? "." : "/");
}

/** Go's `filepath.IsLocal`: neither empty nor absolute, and never above where it starts. */
export function isLocalPath(path: string): boolean {
  if (path === "" || path.startsWith("/")) return false;
  const cleaned = cleanPath(path);
  return cleaned !== ".." && !cleaned.startsWith("../");
}
