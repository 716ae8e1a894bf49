/** Collects the instructions of one program; work that nests is scheduled, not recursed into. */
import type { Instruction } from "./machine.js";

/** A place in the code that may be known only later. */
export interface Label {
  pc: number;
}

/** The invariant: tasks run in the order in which they were scheduled, nested ones before later ones. */
export class Assembler {
  readonly code: Instruction[] = [];
  private readonly tasks: (() => void)[] = [];

  emit(instruction: Instruction): void {
    this.code.push(instruction);
  }

  label(): Label {
    return { pc: -1 };
  }

  /** Makes a label mean the next instruction. */
  place(label: Label): void {
    label.pc = this.code.length;
  }

  /** Plans work, to be done in this order once the task at hand is over. */
  schedule(tasks: readonly (() => void)[]): void {
    for (let i = tasks.length - 1; i >= 0; i--) {
      this.tasks.push(tasks[i] as () => void);
    }
  }

  /** Does all planned work, and what it plans. */
  run(): void {
    for (let task = this.tasks.pop(); task !== undefined; task = this.tasks.pop()) {
      task();
    }
  }
}
