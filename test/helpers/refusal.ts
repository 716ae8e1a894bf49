/** The error that something has to end with. */
import { BackbarError } from "../../src/errors.js";

export function refusal(action: () => unknown): BackbarError {
  try {
    action();
  } catch (error) {
    if (error instanceof BackbarError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
