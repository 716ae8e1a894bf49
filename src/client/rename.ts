/** Places in a recipe, named as its author finds them on disk. */
import type { Place, Problem } from "../errors.js";

/** The name of a file of the recipe for whoever reads the message. */
export type Rename = (file: string) => string;

export function renamePlace(place: Place | undefined, rename: Rename): Place | undefined {
  return place?.file === undefined ? place : { ...place, file: rename(place.file) };
}

/** The place, and the message where it begins with the file. */
export function renameProblem(problem: Problem, rename: Rename): Problem {
  const { message, place } = problem;
  if (place?.file === undefined) return problem;
  const file = rename(place.file);
  const about = message.startsWith(`${place.file} `);
  return {
    ...problem,
    message: about ? file + message.slice(place.file.length) : message,
    place: { ...place, file },
  };
}
