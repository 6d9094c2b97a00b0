import { sshCommand } from "../bench-lab.ts";
import { numbers } from "../graph.ts";
import { secondsOf } from "../measure.ts";
import { containerCommands, hostCommands } from "../plain-script.ts";
import type { Peer } from "./peer.ts";

const loop = 'while IFS= read -r command; do "$@" "$command" </dev/null || exit; done';

/** The plain script's commands, each over its own SSH connection. */
export function sshPerCommand(containers: number): Peer {
  const commands = [...hostCommands, ...numbers(containers).flatMap(containerCommands)];
  return {
    name: "one ssh call a command",
    containers,
    install: () => Promise.resolve(),
    create: (lab, host) =>
      secondsOf(() =>
        lab.operator(["sh", "-c", loop, "sh", ...sshCommand(lab, host)], {
          input: commands.map((command) => `${command}\n`).join(""),
          timeout: 3600,
        }),
      ),
  };
}
