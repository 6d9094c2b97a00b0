/** Network namespaces of what runs already: how they are found on a host, and get a name and a mark. */
import type { Attachment } from "../schema/attachment.js";
import type { Command, CommandResult, Fact } from "./command.js";
import { CommandFailure, classify } from "./failure.js";
import { type Link, parseLinks } from "./link.js";

/** What it is, and which one: `docker`, `c1`. */
export function targetOf(attach: Attachment): readonly [kind: string, value: string] {
  const [kind, value] = Object.entries(attach).find(([, value]) => value !== undefined)!;
  return [kind, String(value)];
}

/** What it is, in words: `container c1`. */
export function describeTarget(attach: Attachment): string {
  const [kind, value] = targetOf(attach);
  return kind === "path" ? value : `${kind === "pid" ? "process" : "container"} ${value}`;
}

const format = "{{.State.Pid}} {{.Id}} {{.Name}}";

/**
 * Leaves the file of the namespace in $file, or says why not. Docker and Podman take the first digits of an id, too: one
 * that happens to begin like a name that is meant is another container.
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

/** Marked before it has a name: a mark without a name is found by the next run, and a name without a mark is anybody's. */
export const attachScript = `# marks a network namespace and names it
${find}[ ! -e "/run/netns/$3" ] || { printf '/run/netns/%s: File exists\\n' "$3" >&2; exit 1; }
exec nsenter --net="$file" ip -batch - <<END
link set dev lo alias $4
netns attach $3 $$
END`;

export const clearScript = `# takes the mark off a network namespace that has lost its name\n${find}exec nsenter --net="$file" ip -batch -`;

/** For the same reason the name goes before the mark. Deleting a symbolic link's name would unmount what it leads to. */
export const detachScript = `# takes a name away, and the mark of what it stands for
file=/run/netns/$1
if [ -L "$file" ]; then nsenter --net="$file" ip link set dev lo alias "" && exec rm "$file"; fi
exec nsenter --net="$file" ip -batch - <<END
netns delete $1
link set dev lo alias ""
END`;

const script = (text: string, ...args: string[]): Command => ({ argv: ["sh", "-c", text, "sh", ...args] });

/** Fails where there is nothing to attach, and says why. */
export const findTarget = (attach: Attachment): Command => script(findScript, ...targetOf(attach));

/** Gives a namespace a mark and a name that is free. */
export const attachTarget = (attach: Attachment, name: string, mark: string): Command =>
  script(attachScript, ...targetOf(attach), name, mark);

/** Takes both away again, and leaves the namespace as it is. */
export const detach = (name: string): Command => script(detachScript, name);

/** Takes away what is ours in a namespace that somebody took the name from. */
export const clearTarget = (attach: Attachment, group: number, withLinks: boolean): Command => ({
  ...script(clearScript, ...targetOf(attach)),
  stdin: `${withLinks ? `link delete group ${group}\n` : ""}link set dev lo alias ""\n`,
});

/** What a host says of something that is to be attached. */
export interface Target {
  /** The number of the namespace that the name in /run/netns stands for. */
  readonly named: number | undefined;
  /** The number of the namespace that the name should stand for. */
  readonly inode?: number;
  /** The interfaces in that; undefined where nobody looked. */
  readonly links?: readonly Link[];
  /** Why there is none: `container c1 is not running`. */
  readonly problem?: string;
}

/** Which namespace is to be attached, and which one the name stands for. */
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

/** The same, for what may be left where the name is gone: what can't be found there has nothing of ours to take away. */
export function targetLeftovers(attach: Attachment, name: string): Fact<Target> {
  const asked = target(attach, name);
  const parse = (result: CommandResult): Target => (result.exitCode === 0 ? asked.parse(result) : { named: undefined });
  return { command: asked.command, parse };
}

const numberIn = (text: string | undefined) => (/^\d+$/.test(text ?? "") ? Number(text) : undefined);

/** Prints numbers of namespaces: the host's own, those with names, those of running containers. */
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
  // What is special is asked about by itself.
  if (inode === undefined || lines.some(([what, number]) => what === "host" && number === String(inode)))
    return undefined;
  return { named: numberIn(lines.find(([what, , called]) => what === "name" && called === name)?.[1]), inode };
}
