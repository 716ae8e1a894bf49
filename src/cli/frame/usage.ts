import { BackbarError } from "../../errors.js";

/** A command line that cannot be followed. */
export class UsageError extends BackbarError<"cli_usage"> {
  override readonly name = "UsageError";
  constructor(message: string, hint: string) {
    super("cli_usage", message, { hint });
  }
}
