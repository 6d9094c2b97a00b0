/** Interfaces that carry a mark, wherever they are on a host: somebody may have moved or renamed them by hand. */
import type { Command, Fact } from "./command.js";
import { CommandFailure } from "./failure.js";

/** Where an interface is. */
export interface InterfaceLocation {
  /** The name of its namespace; undefined for the host's own and for a namespace without a name. */
  readonly namespace: string | undefined;
  /** For a namespace without a name: a process in it. */
  readonly process: number | undefined;
  /**
   * Identifies the namespace independently of its name: the device and inode numbers of its file. Undefined for the
   * host's own.
   */
  readonly number: string | undefined;
}

/** An interface as one line of `ip -o link show` describes it, with or without a mark. */
export interface ListedInterface {
  readonly name: string;
  readonly alias: string | undefined;
  readonly mac: string | undefined;
  /** Its group (ip-link(8)) if that is a number without a name. */
  readonly group: number | undefined;
}

/** An interface with a mark. */
export interface MarkedInterface extends InterfaceLocation, ListedInterface {
  readonly alias: string;
}

/**
 * A question whose cost grows with the number of the host's namespaces; if there are more than `most`, only the host's
 * own is searched.
 */
export const findMarkedScript = `# interfaces with a mark, in each network namespace that has a name or a process
mark=$1 most=$2
show() {
  place=$1
  shift
  for try in 1 2 3 4 5; do
    said=$("$@" -o link show 2>&1)
    code=$?
    # A list is incomplete if interfaces changed while the kernel wrote it.
    case $said in *"Dump was interrupted"*) ;; *) break ;; esac
  done
  # A namespace that is gone holds nothing; if a program is missing, it is not known what one holds.
  [ $code != 127 ] || { echo "$said" >&2 && exit 127; }
  lines=$(printf '%s\\n' "$said" | grep -F " alias $mark") && printf '@%s\\n%s\\n' "$place" "$lines" || :
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
done || exit
:`;

/**
 * The interfaces whose marks begin with this text. `maxNamespaces`: on a host with more namespaces, only the host's own
 * is searched.
 */
export const markedInterfaces = (mark: string, maxNamespaces?: number) =>
  foundBy(findMarkedScript, mark, String(maxNamespaces ?? ""));

function foundBy(script: string, ...args: string[]): Fact<MarkedInterface[]> {
  const command: Command = { argv: ["sh", "-c", script, "sh", ...args] };
  return {
    command,
    parse(result) {
      if (result.exitCode !== 0) throw new CommandFailure(command, result);
      return parseMarkedInterfaces(result.stdout);
    },
  };
}

/** Parses the output of that script. */
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
    const listed = parseLine(line);
    return listed?.alias === undefined ? [] : [{ ...place, ...listed, alias: listed.alias }];
  });
}

function parseLine(line: string): ListedInterface | undefined {
  const name = /^\d+: ([^:@]+)/.exec(line)?.[1];
  if (name === undefined) return undefined;
  const group = / group (\d+)/.exec(line)?.[1];
  return {
    name,
    alias: /\\ {4}alias ([^\s\\]+)/.exec(line)?.[1],
    mac: /\\ {4}link\/\S+ ([0-9a-f:]{17}) /.exec(line)?.[1],
    group: group === undefined ? undefined : Number(group),
  };
}

const parseInterfaces = (stdout: string) => stdout.split("\n").flatMap((line) => parseLine(line) ?? []);

/**
 * Like `findMarkedScript`, only for namespaces that have a process but no name. Containers are among these. On a host
 * without nsenter it finds nothing.
 */
export const findUnnamedScript = `# interfaces with a mark, in each network namespace that has a process and no name
mark=$1
command -v nsenter >/dev/null || exit 0
named=$(stat -L -c '=%d:%i=' /proc/self/ns/net /run/netns/* 2>/dev/null)
stat -L -c '=%d:%i= %n' /proc/[0-9]*/ns/net 2>/dev/null | grep -vF "$named" | sort -u -k1,1 |
  while read -r number file; do
    for try in 1 2 3 4 5; do
      said=$(nsenter --net="$file" ip -o link show 2>&1)
      case $said in *"Dump was interrupted"*) ;; *) break ;; esac
    done
    lines=$(printf '%s\\n' "$said" | grep -F " alias $mark") || continue
    number=\${number#=}
    printf '@process %s %s\\n%s\\n' "\${number%=}" "\${file#/proc/}" "$lines"
  done
:`;

/** The interfaces in namespaces without a name whose marks begin with this text. */
export const markedInUnnamed = (mark: string) => foundBy(findUnnamedScript, mark);

/** All interfaces in the namespace of a process; none if the process has ended. */
export function interfacesOfProcess(process: number): Fact<ListedInterface[]> {
  const command: Command = { argv: ["nsenter", `--net=/proc/${process}/ns/net`, "ip", "-o", "link", "show"] };
  return { command, parse: ({ exitCode, stdout }) => (exitCode === 0 ? parseInterfaces(stdout) : []) };
}

/** Its location for a message: `br7 in yard`. */
export function describeLocation({ namespace, process, name }: MarkedInterface): string {
  if (namespace !== undefined) return `${name} in ${namespace}`;
  return process === undefined
    ? `${name} in the host's own namespace`
    : `${name} in the namespace of the process ${process}`;
}

/** Removes an interface only if it is still what was found; otherwise it succeeds silently. */
export const removeMarkedScript = `# takes away an interface that is not in its place, if it has its mark
kind=$1 mark=$2 name=$3
shift 3
line=$("$@" -o link show dev "$name" type "$kind" 2>/dev/null)
case $line in *" alias $mark" | *" alias $mark\\\\"*) exec "$@" link delete dev "$name" ;; esac`;

/**
 * The same for a whole displaced namespace, which its lo represents: its processes keep running, and a name that
 * somebody gave it stays.
 */
export const clearNamespaceScript = `# takes away what has a mark in a namespace without its name
mark=$1 group=$2
shift 2
line=$("$@" -o link show dev lo 2>/dev/null)
case $line in *" alias $mark" | *" alias $mark\\\\"*) ;; *) exit 0 ;; esac
"$@" link delete group "$group" 2>/dev/null
exec "$@" link set dev lo alias "" group default`;

/**
 * Removes it.
 * @param kind The kernel's kind of the interface; `lo` if it represents a whole namespace.
 */
export function removeMarked(
  kind: string,
  { alias, name, namespace, process }: MarkedInterface,
  group: number,
): Command {
  const inside = process === undefined ? [] : ["nsenter", `--net=/proc/${process}/ns/net`];
  const ip = [...inside, "ip", ...(namespace === undefined ? [] : ["-n", namespace])];
  if (kind === "lo") return { argv: ["sh", "-c", clearNamespaceScript, "sh", alias, String(group), ...ip] };
  return { argv: ["sh", "-c", removeMarkedScript, "sh", kind, alias, name, ...ip] };
}

/** The state of a displaced interface: as recorded, without what it cannot have elsewhere. */
export function displacedInterfaceState(recorded: object): Record<string, unknown> {
  const { peer, ...end } = recorded as { readonly peer?: object };
  return { ...displacedEnd(end), ...(peer && { peer: displacedEnd(peer) }), marked: false };
}

function displacedEnd(end: object): Record<string, unknown> {
  const kept = Object.entries(end).filter(([property]) => property !== "ifindex" && property !== "gateway");
  return { ...Object.fromEntries(kept), addresses: [], up: false };
}
