/** Network namespaces of running containers and processes: finds them on a host, and gives them a name and a mark. */
import type { Attachment } from "../schema/attachment.js";
import type { Command, CommandResult, Fact } from "./command.js";
import { CommandFailure, classify } from "./failure.js";
import { type Link, parseLinks } from "./link.js";

/** The kind of the target and its value: `docker`, `c1`. */
export function targetOf(attach: Attachment): readonly [kind: string, value: string] {
  const [kind, value] = Object.entries(attach).find(([, value]) => value !== undefined)!;
  return [kind, String(value)];
}

/** The target in words: `container c1`. */
export function describeTarget(attach: Attachment): string {
  const [kind, value] = targetOf(attach);
  return kind === "path" ? value : `${kind === "pid" ? "process" : "container"} ${value}`;
}

const format = "{{.State.Pid}} {{.Id}} {{.Name}}";

/**
 * Leaves the namespace's file in $file, or reports why there is none. Docker and Podman also accept the first digits of
 * an ID: a container whose ID happens to begin with the requested name is a different one.
 */
const find = `kind=$1 value=$2 what="container $2"
fail() { printf 'attach.%s: %s\\n' "$kind" "$*" >&2; exit 1; }
case $kind in
pid) file=/proc/$value/ns/net what="process $value"; [ -e "$file" ] || fail "there is no $what" ;;
path) file=$value what=$value; [ -f "$file" ] || fail "there is no file $what" ;;
*)
  command -v "$kind" >/dev/null || fail "the program $kind is missing"
  inspect() { "$kind" container inspect --format '${format}' -- "$value" </dev/null; }
  found=$(inspect 2>/dev/null) || {
    words=$(inspect 2>&1 >/dev/null)
    case $words in *[Nn]"o such container"*) fail "there is no $what" ;; *) fail $words ;; esac
  }
  read -r pid id name <<END
$found
END
  case $name in "$value" | "/$value") ;; *)
    case $id in "$value"*) [ \${#value} -ge 12 ] ;; *) false ;; esac || fail "there is no $what" ;;
  esac
  file=/proc/$pid/ns/net
  [ "$pid" != 0 ] && [ -e "$file" ] || fail "$what is not running" ;;
esac
if [ "$file" -ef /proc/self/ns/net ] || [ "$file" -ef /proc/1/ns/net ]; then
  fail "$what leads to the host's own network namespace"
fi
words=$(nsenter --net="$file" true 2>&1) || case $words in
*"Invalid argument"*) fail "$what is no network namespace" ;;
*) printf '%s\\n' "$words" >&2; exit 1 ;;
esac
`;

export const findScript = `# finds the network namespace that is to be attached\n${find}`;

export const targetScript = `# looks at the network namespace that is to be attached
stat -L -c %i "/run/netns/$3" 2>/dev/null || echo
${find}stat -L -c %i "$file" && exec nsenter --net="$file" ip -d -j address show`;

/**
 * The mark is set before the name: a mark without a name is found by the next run, while a name without a mark could be
 * anyone's.
 */
export const attachScript = `# marks a network namespace and names it
${find}[ ! -e "/run/netns/$3" ] || { printf '/run/netns/%s: File exists\\n' "$3" >&2; exit 1; }
exec nsenter --net="$file" ip -batch - <<END
link set dev lo alias $4
netns attach $3 $$
END`;

export const clearScript = `# takes the mark off a network namespace that has lost its name\n${find}exec nsenter --net="$file" ip -batch -`;

/**
 * For the same reason the name is removed before the mark. `ip netns delete` on a symbolic link would unmount its
 * target.
 */
export const detachScript = `# takes a name away, and the mark of what it stands for
file=/run/netns/$1
if [ -L "$file" ]; then nsenter --net="$file" ip link set dev lo alias "" && exec rm "$file"; fi
exec nsenter --net="$file" ip -batch - <<END
netns delete $1
link set dev lo alias ""
END`;

const script = (text: string, ...args: string[]): Command => ({ argv: ["sh", "-c", text, "sh", ...args] });

/** Fails with a reason if there is nothing to attach. */
export const findTarget = (attach: Attachment): Command => script(findScript, ...targetOf(attach));

/** Gives a namespace a mark and an unused name. */
export const attachTarget = (attach: Attachment, name: string, mark: string): Command =>
  script(attachScript, ...targetOf(attach), name, mark);

/** Removes both, and leaves the namespace as it is. */
export const detach = (name: string): Command => script(detachScript, name);

/** Removes what is ours in a namespace whose name somebody deleted. */
export const clearTarget = (attach: Attachment, group: number, withLinks: boolean): Command => ({
  ...script(clearScript, ...targetOf(attach)),
  stdin: `${withLinks ? `link delete group ${group}\n` : ""}link set dev lo alias ""\n`,
});

/** The host's answer about something to attach. */
export interface Target {
  /** The inode number of the namespace that the name in /run/netns refers to. */
  readonly named: number | undefined;
  /** The inode number of the namespace that the name should refer to. */
  readonly inode?: number;
  /** The interfaces in it; undefined if nobody asked. */
  readonly links?: readonly Link[];
  /** Why there is no target: `container c1 is not running`. */
  readonly problem?: string;
}

/** The namespace to attach, and the one that the name refers to. */
export function target(attach: Attachment, name: string): Fact<Target> {
  const [kind, value] = targetOf(attach);
  const command = script(targetScript, kind, value, name);
  const parse = (result: CommandResult): Target => {
    const [named, inode, json] = result.stdout.split("\n");
    const seen = { named: numberIn(named) };
    if (result.exitCode === 0) return { ...seen, inode: Number(inode), links: parseLinks(json ?? "") };
    if (classify(result).kind !== "no-target") throw new CommandFailure(command, result);
    return { ...seen, problem: result.stderr.replace(/^attach\.\w+: /, "") };
  };
  if (kind !== "docker" && kind !== "podman") return { command, parse };
  const question = { key: `containers of ${kind}`, command: () => script(allContainersScript, kind) };
  return { command, parse, shared: { ...question, answer: (result) => targetAmong(result, name, value) } };
}

/**
 * The same for what may remain after the name is gone: if the target cannot be found, it has nothing of ours to remove.
 */
export function targetLeftovers(attach: Attachment, name: string): Fact<Target> {
  const asked = target(attach, name);
  const parse = (result: CommandResult): Target => (result.exitCode === 0 ? asked.parse(result) : { named: undefined });
  return { command: asked.command, parse };
}

const numberIn = (text: string | undefined) => (/^\d+$/.test(text ?? "") ? Number(text) : undefined);

/** Prints inode numbers of namespaces: the host's own, the named ones, those of running containers. */
export const allContainersScript = `# the network namespaces of all containers
number() { stat -L -c %i "$1" 2>/dev/null; }
printf 'host %s\\n' "$(number /proc/self/ns/net)" "$(number /proc/1/ns/net)"
(cd /run/netns && stat -L -c 'name %i %n' -- *) 2>/dev/null
ids=$("$1" ps --quiet --no-trunc) && [ -n "$ids" ] || exit
all=$("$1" container inspect --format '${format}' -- $ids) || exit
printf '%s\\n' "$all" | while read -r pid id name; do
  printf 'container %s %s %s\\n' "$(number "/proc/$pid/ns/net")" "$id" "\${name#/}"
done`;

function targetAmong({ exitCode, stdout }: CommandResult, name: string, value: string): Target | undefined {
  if (exitCode !== 0) return undefined;
  const lines = stdout.split("\n").map((line) => line.split(" "));
  const isNamed = ([, , id, called]: string[]) => called === value || (value.length >= 12 && id?.startsWith(value));
  const inode = numberIn(lines.find((line) => line[0] === "container" && isNamed(line))?.[1]);
  // Special cases are asked about individually.
  if (inode === undefined || lines.some(([what, number]) => what === "host" && number === String(inode)))
    return undefined;
  return { named: numberIn(lines.find(([what, , called]) => what === "name" && called === name)?.[1]), inode };
}
