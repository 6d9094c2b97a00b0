/** Interfaces that carry a mark, wherever on a host they are: somebody may have moved or renamed them by hand. */
import type { Command, Fact } from "./command.js";
import { CommandFailure } from "./failure.js";

/** Where an interface is. */
export interface InterfaceLocation {
  /** The name of its namespace; undefined for the host's own, and for one that has no name. */
  readonly namespace: string | undefined;
  /** Of a namespace without a name: a process in it. */
  readonly process: number | undefined;
  /** Which namespace it is, whatever its name: its file's numbers of device and inode. Undefined for the host's own. */
  readonly number: string | undefined;
}

/** An interface with a mark, as far as one line of `ip -o link show` is read. */
export interface MarkedInterface extends InterfaceLocation {
  readonly name: string;
  readonly alias: string;
  readonly mac: string | undefined;
}

/** One question, whose cost grows with the namespaces that the host has; where these are more than `most`, its own alone is asked. */
export const findMarkedScript = `# interfaces with a mark, in each network namespace that has a name or a process
mark=$1 most=$2
show() {
  place=$1
  shift
  lines=$("$@" -o link show 2>/dev/null | grep -F " alias $mark") && printf '@%s\\n%s\\n' "$place" "$lines"
}
show host ip
own=$(stat -L -c %d:%i /proc/self/ns/net) seen=
others=$(stat -L -c '%d:%i %n' /run/netns/* /proc/[0-9]*/ns/net 2>/dev/null | while read -r number file; do
  [ "$number" != "$own" ] || continue
  # Each of its names counts; a process only where it has none.
  case "$file $seen " in /proc/*" $number "*) continue ;; esac
  seen="$seen $number"
  echo "$number $file"
done)
[ "$others" ] && { [ -z "$most" ] || [ "$(echo "$others" | grep -c .)" -le "$most" ]; } || exit 0
echo "$others" | while read -r number file; do
  case $file in
  /run/netns/*) show "name $number \${file#/run/netns/}" ip -n "\${file#/run/netns/}" ;;
  *) show "process $number \${file#/proc/}" nsenter --net="$file" ip ;;
  esac
done
:`;

/** The interfaces whose marks begin so; `most`: on a host with more namespaces, those of its own one alone. */
export function markedInterfaces(mark: string, maxNamespaces?: number): Fact<MarkedInterface[]> {
  const command: Command = { argv: ["sh", "-c", findMarkedScript, "sh", mark, String(maxNamespaces ?? "")] };
  return {
    command,
    parse(result) {
      if (result.exitCode !== 0) throw new CommandFailure(command, result);
      return parseMarkedInterfaces(result.stdout);
    },
  };
}

/** Reads what that script prints. */
export function parseMarkedInterfaces(stdout: string): MarkedInterface[] {
  let place: InterfaceLocation = { namespace: undefined, process: undefined, number: undefined };
  return stdout.split("\n").flatMap((line): MarkedInterface[] => {
    const [, kind, number, which = ""] = /^@(host|name|process)(?: (\d+:\d+) (.*))?$/.exec(line) ?? [];
    if (kind !== undefined) {
      place = {
        namespace: kind === "name" ? which : undefined,
        process: kind === "process" ? Number(which.split("/")[0]) : undefined,
        number,
      };
      return [];
    }
    const name = /^\d+: ([^:@]+)/.exec(line)?.[1];
    const alias = /\\ {4}alias ([^\s\\]+)/.exec(line)?.[1];
    if (name === undefined || alias === undefined) return [];
    return [{ ...place, name, alias, mac: /\\ {4}link\/\S+ ([0-9a-f:]{17}) /.exec(line)?.[1] }];
  });
}

/** Where it is, for people to read: `br7 in yard`. */
export function describeLocation({ namespace, process, name }: MarkedInterface): string {
  if (namespace !== undefined) return `${name} in ${namespace}`;
  return process === undefined
    ? `${name} in the host's own namespace`
    : `${name} in the namespace of the process ${process}`;
}

/** Takes nothing away that is not, any more, what was found: it says nothing then. */
export const removeMarkedScript = `# takes away an interface that is not in its place, if it has its mark
kind=$1 mark=$2 name=$3
shift 3
line=$("$@" -o link show dev "$name" type "$kind" 2>/dev/null)
case $line in *" alias $mark" | *" alias $mark\\\\"*) exec "$@" link delete dev "$name" ;; esac`;

/** The same of a whole namespace that is not in its place, which its lo stands for: what runs in it goes on, and a name that somebody gave it stays. */
export const clearNamespaceScript = `# takes away what has a mark in a namespace without its name
mark=$1 group=$2 file=$3
line=$(nsenter --net="$file" ip -o link show dev lo 2>/dev/null)
case $line in *" alias $mark" | *" alias $mark\\\\"*) ;; *) exit 0 ;; esac
exec nsenter --net="$file" sh -c '
  ip link delete group "$1" 2>/dev/null
  exec ip link set dev lo alias ""' sh "$group"`;

/** Takes it away. @param kind The kernel's kind of it; `lo`, where that stands for a whole namespace. */
export function removeMarked(
  kind: string,
  { alias, name, namespace, process }: MarkedInterface,
  group: number,
): Command {
  const file = process === undefined ? `/run/netns/${namespace ?? ""}` : `/proc/${process}/ns/net`;
  if (kind === "lo") return { argv: ["sh", "-c", clearNamespaceScript, "sh", alias, String(group), file] };
  const inside = process === undefined ? [] : ["nsenter", `--net=${file}`];
  const ip = namespace === undefined ? ["ip"] : ["ip", "-n", namespace];
  return { argv: ["sh", "-c", removeMarkedScript, "sh", kind, alias, name, ...inside, ...ip] };
}

/** A state of an interface that is not in its place: as it is recorded, without what it can't have elsewhere. */
export function displacedInterfaceState(recorded: object): Record<string, unknown> {
  const { peer, ...end } = recorded as { readonly peer?: object };
  return { ...displacedEnd(end), ...(peer && { peer: displacedEnd(peer) }), marked: false };
}

function displacedEnd(end: object): Record<string, unknown> {
  const kept = Object.entries(end).filter(([property]) => property !== "ifindex" && property !== "gateway");
  return { ...Object.fromEntries(kept), addresses: [], up: false };
}
