/** Nodes back to template text, as Go's error messages show them after `executing "NAME" at`. */
import type { Node, OperandNode } from "./ast.js";
import { quote } from "./quote.js";

/** Deeper parentheses show as an ellipsis: the text is for people. */
const MAX_DEPTH = 20;

export function formatNode(node: Node, depth = 0): string {
  switch (node.type) {
    case "text":
      return quote(node.text);
    case "action":
      return `{{${formatNode(node.pipe)}}}`;
    case "if":
    case "with":
    case "range":
      return `{{${node.type} ${formatNode(node.pipe)}}}…{{end}}`;
    case "break":
    case "continue":
      return `{{${node.type}}}`;
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : ` ${formatNode(node.pipe)}`}}}`;
    case "pipe": {
      const declared = node.declared.join(", ");
      const commands = node.commands.map((command) => formatNode(command, depth)).join(" | ");
      return declared === "" ? commands : `${declared} ${node.assign ? "=" : ":="} ${commands}`;
    }
    case "command":
      return node.args.map((arg) => formatOperand(arg, depth)).join(" ");
    default:
      return formatOperand(node, depth);
  }
}

function formatOperand(node: OperandNode, depth: number): string {
  switch (node.type) {
    case "pipe":
      return depth >= MAX_DEPTH ? "(…)" : `(${formatNode(node, depth + 1)})`;
    case "chain":
      return `${formatOperand(node.node, depth)}.${node.fields.join(".")}`;
    case "field":
      return `.${node.fields.join(".")}`;
    case "variable":
      return [node.name, ...node.fields].join(".");
    case "identifier":
      return node.name;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
  }
}
