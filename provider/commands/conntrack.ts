/** Flows that the kernel remembers: conntrack(8). What a rule of the table nat did to the first packet of a flow holds for the rest of it. */
import type { Family } from "../schema/address.js";
import { type Command, type Fact, type Found, fact, inNamespace } from "./command.js";

/** A port, or several, of one address of the host, or of all. */
export interface ListenPorts {
  readonly listenAddress?: string | undefined;
  /** First and last port. */
  readonly ports: readonly [number, number];
}

// The first addresses and ports of a line are those that the flow's sender knows.
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

/** Lets the kernel forget the UDP flows that were sent to these ports of the host. Does nothing where it has no conntrack(8). */
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

/** What its user should know of a host without it. */
export const missingConntrackWarning =
  "it has no `conntrack`: where a PortForward of UDP comes, changes or goes, flows that run keep their former way until they are idle; install the package conntrack there";
