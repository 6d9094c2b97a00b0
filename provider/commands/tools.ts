/**
 * The oldest supported versions of a host's kernel and tools, and a command that checks them without changing anything.
 */
import type { Command } from "../transport/transport.js";

/** A package of programs on a host whose version matters. */
export interface Tool {
  /** Its name, and that of its package. */
  readonly name: "iproute2" | "iptables" | "nft";
  readonly package: string;
  /** Prints its version. */
  readonly question: readonly [program: string, option: string];
  /** The oldest supported version. */
  readonly oldest: string;
  /** What to do if it is older. */
  readonly advice: string;
}

/**
 * Keyed by the program that reports the version. docs/hosts.md, "Requirements", describes what is known of the
 * versions.
 */
export const tools = {
  ip: {
    name: "iproute2",
    package: "iproute2",
    question: ["ip", "-V"],
    oldest: "5.5",
    advice: "Update the package iproute2 on the host.",
  },
  iptables: {
    name: "iptables",
    package: "iptables",
    question: ["iptables", "--version"],
    oldest: "1.8.4",
    advice: "Update the package iptables on the host.",
  },
  // Before 0.9.4, `dnat` does not accept address and port from a map; tested versions begin with 0.9.8. older-nft.ts
  // handles the differences before 1.0.0.
  nft: {
    name: "nft",
    package: "nftables",
    question: ["nft", "--version"],
    oldest: "0.9.8",
    advice: 'Update the package nftables on the host, or use iptables there (`firewall: "iptables"`).',
  },
} as const satisfies Record<string, Tool>;

/** The programs that report the versions of tools. */
export type ToolName = keyof typeof tools;

/**
 * The oldest supported kernel: bridge ports can be isolated since 4.18, and routing policy rules have a protocol since
 * 4.17.
 */
export const oldestKernel = "4.18";

/** Before 5.8, `ip -V` prints a date. The dates of the releases in use, with their versions. */
const snapshots: Readonly<Record<string, string>> = {
  ss161212: "4.9.0",
  ss170501: "4.11.0",
  ss180129: "4.15.0",
  ss190107: "4.20.0",
  ss190708: "5.2.0",
  ss191125: "5.4.0",
  ss200127: "5.5.0",
  ss200330: "5.6.0",
  ss200602: "5.7.0",
};
const oldestSnapshot = 200127;

// Its arguments: the oldest kernel; then, for each tool, its name, the oldest version, and the question with its option.
const script = `# whether the host's tools are new enough
set -f
oldest_kernel=$1
shift
if [ $# -gt 4 ] && ! command -v "$3" >/dev/null && command -v "$7" >/dev/null; then shift 4; fi
said=$("$3" "$4" 2>&1 </dev/null) || [ $? != 127 ] || { printf '%s\\n' "$said" >&2; exit 127; }
version=
for word in $said; do
  case $word in
  iproute2-[0-9]* | iproute2-v[0-9]* | iproute2-ss[0-9]*) version=\${word#iproute2-} ;;
  v[0-9]*) version=$word ;;
  *) continue ;;
  esac
  version=\${version#v}
  version=\${version%%[!0-9a-z.]*}
  break
done
case $said in *BusyBox*)
  echo "the host's \\\`ip\\\` is BusyBox's ($version): $1 $2 or newer is needed" >&2
  exit 1
  ;;
esac
case $version in
${Object.entries(snapshots)
  .map(([snapshot, version]) => `${snapshot}) version=${version} ;;`)
  .join("\n")}
esac
[ -z "$version" ] || echo "$version"
older() {
  found=$1. oldest=$2.
  while [ "$oldest" ]; do
    part=\${found%%.*} least=\${oldest%%.*}
    part=\${part%%[!0-9]*}
    [ "\${part:-0}" -eq "$least" ] || { [ "\${part:-0}" -lt "$least" ] && return 0 || return 1; }
    found=\${found#*.} oldest=\${oldest#*.}
  done
  return 1
}
too_old() {
  echo "$1 $2 is too old: $3 or newer is needed" >&2
  exit 1
}
{ read -r kernel </proc/sys/kernel/osrelease; } 2>/dev/null || kernel=
if [ "$kernel" ] && older "\${kernel%%-*}" "$oldest_kernel"; then too_old kernel "$kernel" "$oldest_kernel"; fi
case $version in
# A version that can't be read is no reason to refuse it.
"") ;;
ss*) [ "\${version#ss}" -ge ${oldestSnapshot} ] || too_old "$1" "$version" "$2" ;;
*) if older "$version" "$2"; then too_old "$1" "$version" "$2"; fi ;;
esac
exit 0`;

/**
 * Prints the tool's version. Fails with a sentence if the tool or the kernel is too old, and with exit code 127 if the
 * tool is missing. `other` is checked if only that one is installed.
 */
export function toolCheck(tool: ToolName, other?: ToolName): Command {
  const names = other === undefined ? [tool] : [tool, other];
  const words = names.flatMap((name) => [tools[name].name, tools[name].oldest, ...tools[name].question]);
  return { argv: ["sh", "-c", script, "sh", oldestKernel, ...words] };
}

/** Whether this command is a check of tools. */
export const isToolCheck = ({ argv }: Pick<Command, "argv">) => argv[2] === script;
