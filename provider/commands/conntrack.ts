/**
 * Flows tracked by the kernel: conntrack(8). Whatever a rule of the nat table did to the first packet of a flow applies
 * to the rest of it.
 */
import type { Family } from "../schema/address.js";
import { type Command, type Fact, type Found, fact, inNamespace } from "./command.js";

/** A port or a range of ports on one or all of the host's addresses. */
export interface ListenPorts {
  readonly listenAddress?: string | undefined;
  /** First and last port. */
  readonly ports: readonly [number, number];
}

// The first addresses and ports of a line are those that the sender of the flow uses.
export const deleteFlowsScript = `# lets the kernel forget UDP flows to these ports of the host, so that its rules see them anew
command -v conntrack >/dev/null || exit 0
family=$1 first=$2 last=$3 own=" $4 "
[ "$4" != - ] || own=" $(ip -o address show | while read -r _ _ _ address _; do echo "\${address%/*}"; done | tr '\\n' ' ')"
conntrack -f "$family" -L -p udp 2>/dev/null | while read -r _ _ _ from to sport dport _; do
  port=\${dport#dport=}
  case $port in "" | *[!0-9]*) continue ;; esac
  [ "$port" -ge "$first" ] && [ "$port" -le "$last" ] || continue
  case $own in *" \${to#dst=} "*)
    conntrack -f "$family" -D -p udp -s "\${from#src=}" -d "\${to#dst=}" --sport "\${sport#sport=}" --dport "$port" >/dev/null 2>&1 ;;
  esac
done
:`;

/**
 * Deletes the conntrack entries of UDP flows to these ports of the host. Does nothing if the host has no conntrack(8).
 */
export function deleteFlows(
  namespace: string | undefined,
  family: Family,
  { listenAddress, ports }: ListenPorts,
): Command {
  const [first, last] = ports.map(String) as [string, string];
  const address = listenAddress ?? "-";
  return inNamespace(namespace, [
    "sh",
    "-c",
    deleteFlowsScript,
    "sh",
    family === 4 ? "ipv4" : "ipv6",
    first,
    last,
    address,
  ]);
}

/** Whether a host has conntrack(8). */
export function hasConntrack(): Fact<Found<boolean>> {
  return fact({ argv: ["sh", "-c", "command -v conntrack || :"] }, (stdout) => stdout !== "");
}

/** The warning for a host without conntrack(8). */
export const missingConntrackWarning =
  "it has no `conntrack`: where a PortForward of UDP comes, changes or goes, flows that run keep their former way until they are idle; install the package conntrack there";
