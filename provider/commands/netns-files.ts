/** Files under /etc/netns, which `ip netns exec` mounts over those in /etc for its program: ip-netns(8). */
import type { Command, CommandResult, Fact, Found } from "./command.js";
import { fact } from "./command.js";
import {
  type NetnsFileName,
  type NetnsFileProperty,
  type ParsedNetnsFile,
  fileNameOf,
  parseNetnsFile,
} from "./name-resolution.js";

export const folderOf = (namespace: string) => `/etc/netns/${namespace}`;
export const pathOf = (namespace: string, file: NetnsFileName) => `${folderOf(namespace)}/${file}`;

/** The temporary path at which a stack writes a file before moving it into place. */
export const temporaryPath = (namespace: string, file: NetnsFileName, group: number) =>
  `/etc/.netns.${namespace}.${file}.${group}`;

/** The maximum size in bytes of a foreign file that can be adopted and therefore preserved. */
export const maxAdoptedBytes = 65_536;

/** The maximum size in bytes of a file that is read: an adopted file is preserved in ours, one comment per line. */
const maxReadBytes = 4 * maxAdoptedBytes;

/** A file under /etc/netns, whoever created it. */
export interface FoundFile {
  /** Not a symbolic link, a folder or the like. */
  readonly isFile: boolean;
  /** Undefined if it is not text, or too long. */
  readonly text: string | undefined;
  /** Permissions, in octal. */
  readonly mode: string;
  /** Numeric user and group IDs. */
  readonly owner: string;
}

/** The files of one namespace. */
export interface NetnsFiles {
  readonly files: Readonly<Partial<Record<NetnsFileName, FoundFile>>>;
  /** Files that a killed run was writing or removing, with the number of its stack. */
  readonly leftovers: readonly { readonly file: NetnsFileName; readonly group: number }[];
  /**
   * Files that the host itself does not have: `ip netns exec` then has nothing to mount a namespace's own file over.
   */
  readonly missingOnHost: readonly NetnsFileName[];
}

// Temporary files are in /etc, because `ip netns exec` would mount a file in the namespace's folder. Symbolic links and
// pipes are not followed. A file that is deleted between two commands of the script has no output, which is an error.
export const netnsFilesScript = `# what there is under /etc/netns, of one namespace or of all
cd /etc || exit
for file in resolv.conf hosts hostname; do [ -e $file ] || printf '!%s\\n' $file; done
if [ $# = 1 ]; then set -- netns/"$1"/resolv.conf netns/"$1"/hosts netns/"$1"/hostname .netns."$1".*
else set -- netns/*/resolv.conf netns/*/hosts netns/*/hostname .netns.*; fi
for path; do
  shift
  if [ -e "$path" ] || [ -h "$path" ]; then set -- "$@" "$path"; fi
done
[ $# != 0 ] || exit 0
list=$(stat -c '%f %u:%g %s %n' -- "$@") || exit
printf '%s\\n' "$list"
set --
while read -r mode owner size path; do
  case $mode in 8???) [ "$size" -gt ${maxReadBytes} ] || set -- "$@" "$path" ;; esac
done <<END
$list
END
[ $# = 0 ] || grep -H '' -- "$@" || [ $? = 1 ]`;

/** The files of a namespace. */
export function netnsFilesOf(namespace: string): Fact<Found<NetnsFiles>> {
  const answer = (result: CommandResult) =>
    result.exitCode === 0 ? { value: ofNamespace(result, namespace) } : undefined;
  return {
    ...fact({ argv: ["sh", "-c", netnsFilesScript, "sh", namespace] }, (stdout) => partOf(parse(stdout), namespace)),
    shared: { key: "/etc/netns", command: () => allNetnsFiles().command, answer },
  };
}

/** The files of all namespaces, by their names. */
export function allNetnsFiles(): Fact<Found<ReadonlyMap<string, NetnsFiles>>> {
  return fact({ argv: ["sh", "-c", netnsFilesScript, "sh"] }, (stdout) => parse(stdout).namespaces);
}

interface Parsed {
  readonly namespaces: ReadonlyMap<string, NetnsFiles>;
  readonly missingOnHost: readonly NetnsFileName[];
}

/** Each reply is parsed once, however many ask. */
const parsed = new WeakMap<CommandResult, Parsed>();

function ofNamespace(result: CommandResult, namespace: string): NetnsFiles {
  const found = parsed.get(result) ?? parse(result.stdout);
  parsed.set(result, found);
  return partOf(found, namespace);
}

const partOf = ({ namespaces, missingOnHost }: Parsed, namespace: string): NetnsFiles =>
  namespaces.get(namespace) ?? { files: {}, leftovers: [], missingOnHost };

const place = /^netns\/([^/:]+)\/(resolv\.conf|hosts|hostname)$/;
const leftover = /^\.netns\.(.+)\.(resolv\.conf|hosts|hostname)\.(\d+)$/;

function parse(stdout: string): Parsed {
  const all = stdout.split("\n");
  const missingOnHost = all.filter((line) => line.startsWith("!")).map((line) => line.slice(1) as NetnsFileName);
  const contents = new Map<string, string[]>();
  for (const line of all) {
    const [, path, content = ""] = /^(netns\/[^/:]+\/[a-z.]+):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const lines = contents.get(path) ?? [];
    contents.set(path, lines);
    lines.push(content);
  }
  const namespaces = new Map<string, NetnsFiles>();
  const part = (namespace: string) => namespaces.get(namespace) ?? { files: {}, leftovers: [], missingOnHost };
  for (const line of all) {
    const [, mode = "", owner = "", size, path = ""] = /^([0-9a-f]{4}) (\d+:\d+) (\d+) (.*)$/.exec(line) ?? [];
    const [, namespace, file] = place.exec(path) ?? [];
    const [, forNamespace, forFile, group] = leftover.exec(path) ?? [];
    if (namespace !== undefined) {
      const isFile = mode.startsWith("8");
      const text = isFile ? textFrom(contents.get(path) ?? [], Number(size)) : undefined;
      const permissions = (parseInt(mode, 16) & 0o7777).toString(8);
      const there: FoundFile = { isFile, text, mode: permissions, owner };
      const { files, ...rest } = part(namespace);
      namespaces.set(namespace, { ...rest, files: { ...files, [file!]: there } });
    } else if (forNamespace !== undefined) {
      const { leftovers, ...rest } = part(forNamespace);
      const more = { file: forFile as NetnsFileName, group: Number(group) };
      namespaces.set(forNamespace, { ...rest, leftovers: [...leftovers, more] });
    }
  }
  return { namespaces, missingOnHost };
}

/** The text of these lines if they are the whole file: a binary file has another length. */
function textFrom(lines: readonly string[], size: number): string | undefined {
  const text = lines.map((line) => `${line}\n`).join("");
  const length = Buffer.byteLength(text);
  // The last line may lack a newline.
  return length === size ? text : length === size + 1 ? text.slice(0, -1) : undefined;
}

/** The parsed file of a property; undefined if there is none. */
export function parseFoundFile(
  property: NetnsFileProperty,
  { files }: NetnsFiles,
): (FoundFile & Partial<ParsedNetnsFile>) | undefined {
  const there = files[fileNameOf[property]];
  return there && { ...there, ...(there.text !== undefined && parseNetnsFile(property, there.text)) };
}

const isOwn = `isOwn() { # whether the file has one of these marks
  first= second=
  [ ! -h "$target" ] && [ -f "$target" ] && { read -r first; read -r second; } <"$target"
  for mark; do
    if [ "$first" = "# $mark" ] || [ "$second" = "# $mark" ]; then return 0; fi
  done
  return 1
}
target=/etc/netns/$1/$2 new=/etc/.netns.$1.$2.$3`;

// The temporary file is written before the folders are created, so it reveals them whenever the script is interrupted.
// Another resource that removes its last file may remove a folder during mkdir.
export const writeFileScript = `# puts a file where none is, or one of these marks
${isOwn}
folder=\${target%/*} mode=$4 over=$5
shift 5
if [ "$over" != any ] && { [ -e "$target" ] || [ -h "$target" ]; } && ! isOwn "$@"; then
  printf '%s: File exists\\n' "$target" >&2
  exit 1
fi
[ ! -e "$new" ] || rm -f "$new"
cat >"$new" && { [ "$mode" = 644 ] || chmod "$mode" "$new"; } &&
  { [ -d "$folder" ] || mkdir -p "$folder" 2>/dev/null || mkdir -p "$folder"; } && mv -f "$new" "$target" && exit
rmdir "$folder" /etc/netns 2>/dev/null
rm -f "$new"
exit 1`;

export const removeFileScript = `# takes away a file with one of these marks, and folders with nothing in them
${isOwn}
shift 3
if isOwn "$@"; then mv -f "$target" "$new" || exit; fi
[ -e "$new" ] || exit 0
set -- "\${target%/*}"/*
[ -e "$1" ] || rmdir "\${target%/*}" /etc/netns 2>/dev/null
rm -f "$new"`;

/** Identifies a file by its namespace and property. Temporary files have the stack's number in their name. */
export interface NetnsFilePlace {
  readonly namespace: string;
  readonly property: NetnsFileProperty;
  readonly group: number;
  /** The marks that identify files as ours. */
  readonly marks: readonly string[];
}

const placeArguments = ({ namespace, property, group }: NetnsFilePlace) => [
  namespace,
  fileNameOf[property],
  String(group),
];

/** Writes a file atomically. Fails if there is a foreign one that must not be replaced. */
export function writeNetnsFile(
  place: NetnsFilePlace,
  text: string,
  options: { mode?: string; overAny?: boolean } = {},
): Command {
  const { mode = "644", overAny = false } = options;
  const over = overAny ? "any" : "own";
  return {
    argv: ["sh", "-c", writeFileScript, "sh", ...placeArguments(place), mode, over, ...place.marks],
    stdin: text,
  };
}

/** Removes a file if it is ours. The folders under /etc/netns are removed with their last file. */
export function removeNetnsFile(place: NetnsFilePlace): Command {
  return { argv: ["sh", "-c", removeFileScript, "sh", ...placeArguments(place), ...place.marks] };
}
