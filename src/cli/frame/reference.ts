/** References as command lines have them: `NAME`, or `NAME@PART` for a version, a range, a release. */

export interface Reference {
  readonly name: string;
  /** What stands behind the `@`; undefined without one. */
  readonly part: string | undefined;
}

/** Undefined where `text` is no reference: nothing before or behind the `@`, or several of them. */
export function splitReference(text: string): Reference | undefined {
  const [name = "", part, ...rest] = text.split("@");
  return name === "" || part === "" || rest.length > 0 ? undefined : { name, part };
}
