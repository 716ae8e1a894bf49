/** `backbar completion`: scripts that let a shell complete commands, flags and names. */
import { Argument, type Command } from "@commander-js/extra-typings";
import { type Cli, examples } from "../frame/command.js";

/** Each asks the program itself, by the hidden command `complete`, what may come next. */
const SCRIPTS = {
  bash: `_backbar() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(backbar complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _backbar backbar
`,
  zsh: `#compdef backbar
_backbar() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(backbar complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then
    _describe backbar found
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_backbar" ]; then
  _backbar "$@"
else
  compdef _backbar backbar
fi
`,
  fish: `function __backbar_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (backbar complete -- $words[2..] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c backbar -f -a '(__backbar_complete)'
`,
};

type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as Shell[];

export function completion(command: Command, { machine }: Cli): void {
  command.description(
    "Prints a script that lets a shell complete commands, flags, and the names of environments and\n" +
      "recipes of the current registry.",
  );
  examples(
    command,
    "source <(backbar completion bash)                                  in ~/.bashrc",
    "source <(backbar completion zsh)                                   in ~/.zshrc, after compinit",
    "backbar completion fish > ~/.config/fish/completions/backbar.fish",
  );
  command
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .action((shell) => machine.stdout.write(SCRIPTS[shell as Shell]));
}
