import type { Command, CommandResult } from "../transport/transport.js";
import { type Tool, tools } from "./tools.js";

/** What a failed command's reply means. Anything that is not recognized is `unknown`, and never "does not exist". */
export type FailureKind =
  | "no-object"
  | "no-namespace"
  | "stale-namespace"
  | "no-parent"
  | "exists"
  | "address-in-use"
  | "no-permission"
  | "missing-program"
  | "too-old"
  | "unsupported"
  | "unreachable-gateway"
  | "locked"
  | "port-held"
  | "no-target"
  | "changed-meanwhile"
  | "unknown";

interface Pattern {
  readonly kind: FailureKind;
  readonly stderr: RegExp;
  readonly advice?: string | ((argv: readonly string[]) => string | undefined);
  /** A follow-up question whose reply explains the failure to the user; it may depend on the command. */
  readonly followUp?: Command | ((argv: readonly string[]) => Command);
  /** Whether the host's message is sufficient by itself, whatever command was run. */
  readonly selfExplanatory?: boolean;
}

/**
 * Prints the holder of the lock of iptables' legacy backend, as `COMMAND (pid N)`. /proc/locks lists the process and
 * the file's inode (proc(5)).
 */
const xtablesLockHolder: Command = {
  argv: [
    "sh",
    "-c",
    'inode=$(stat -c %i /run/xtables.lock) && while read -r _ _ _ _ pid file _; do case $file in *":$inode") printf "the lock is held by %s (pid %s)\\n" "$(cat "/proc/$pid/comm")" "$pid" ;; esac; done </proc/locks',
  ],
};

/** Possible mistakes with an interface that is created on a parent, about which the kernel says too little. */
function parentAdvice(argv: readonly string[]): string | undefined {
  const kind = argv[argv.indexOf("type") + 1] ?? "";
  if (argv.includes("add") && (kind === "macvlan" || kind === "ipvlan"))
    return `The kernel does not say why. The parent ${String(argv[argv.indexOf("link", 2) + 1])} has to be an Ethernet interface, no bridge's port, and not lo; the mtu can't be above the parent's; a parent has either macvlan or ipvlan interfaces, and with one in mode passthru no other.`;
  return argv.includes("set") && argv.includes("mtu")
    ? "The mtu can't be above that of the interface that it stands on."
    : undefined;
}

/**
 * Prints the interface that has the VXLAN network $1 on the UDP port $2; nothing if it is in a namespace that has lost
 * its name.
 */
const vxlanHoldersScript = `for file in /run/netns /run/netns/*; do
  place=\${file#/run/netns} place=\${place#/}
  [ "$place" = "*" ] && continue
  ip \${place:+-n "$place"} -d -o link show type vxlan 2>/dev/null | while read -r _ name line; do
    case $line in *" vxlan id $1 "*" dstport $2 "*) ;; *) continue ;; esac
    alias=; case $line in *" alias "*) alias=" (alias \${line##* alias })" ;; esac
    printf '%s\\n' "it is that of \${name%%[@:]*}\${place:+ in $place}$alias"
  done
done`;

function vxlanHolders(argv: readonly string[]): Command {
  const valueOf = (option: string) => argv[argv.lastIndexOf(option) + 1] ?? "";
  return { argv: ["sh", "-c", vxlanHoldersScript, "sh", valueOf("id"), valueOf("dstport")] };
}

const makeDeviceFirst =
  "The device does not exist there: make it first, and pass its `name` output so that Pulumi keeps the order.";

/** The messages of the scripts in commands/attachment.ts, whose arguments are the kind of the target and its value. */
const attachmentPatterns: readonly Pattern[] = [
  {
    kind: "no-target",
    selfExplanatory: true,
    stderr: /^attach\.\w+: container \S+ is not running$/m,
    advice: ([, , , , kind, name]) =>
      `Start it on the host, and run \`pulumi up\` again: ${String(kind)} start ${String(name)}`,
  },
  {
    kind: "no-target",
    selfExplanatory: true,
    stderr: /^attach\.\w+: there is no /m,
    advice: "Start it on the host before `pulumi up`, or correct `attach`.",
  },
  {
    kind: "no-target",
    selfExplanatory: true,
    stderr: /^attach\.\w+: .* is no network namespace$/m,
    advice: "Name a file such as /proc/PID/ns/net, or one that a program has mounted a network namespace on.",
  },
  {
    kind: "no-target",
    selfExplanatory: true,
    stderr: /^attach\.\w+: .* leads to the host's own network namespace$/m,
    advice:
      "That one needs no name: leave out `namespace` in the resources that belong in it. A container gets a network of its own with `--network none`.",
  },
  {
    kind: "missing-program",
    selfExplanatory: true,
    stderr: /^attach\.\w+: the program \w+ is missing$/m,
    advice: "Install it on the host, or attach by `pid` or `path`.",
  },
];

/** The messages of the script in commands/tools.ts. */
const toolPatterns: readonly Pattern[] = [
  {
    kind: "missing-program",
    selfExplanatory: true,
    stderr: /^the host's `ip` is BusyBox's /m,
    advice: "Install the package iproute2 on the host.",
  },
  { kind: "too-old", selfExplanatory: true, stderr: /^kernel \S+ is too old: /m, advice: "Update the host's kernel." },
  ...Object.values(tools).map(({ name, advice }): Pattern => ({
    kind: "too-old",
    selfExplanatory: true,
    stderr: new RegExp(`^${name} \\S+ is too old: `, "m"),
    advice,
  })),
];

// The messages of iproute2 6.1 (lib/utils.c, lib/namespace.c, ip/*.c), of the kernel's netlink extended
// acknowledgements and of iptables 1.8.9, all under LC_ALL=C. The first match applies.
const patterns: readonly Pattern[] = [
  {
    kind: "no-namespace",
    stderr:
      /^Cannot open network namespace(?: ".*")?: No such file or directory|is wrong: Invalid "netns" value|^Cannot remove namespace file ".*": No such file or directory/m,
    advice:
      "The network namespace does not exist: make it with a Namespace resource, and pass its `name` output so that Pulumi makes it first.",
  },
  { kind: "stale-namespace", stderr: /^setting the network namespace ".*" failed: Invalid argument/m },
  {
    kind: "no-parent",
    stderr: /argument ".*" is wrong: Device does not exist|^Error: Invalid master ifindex/m,
    advice: makeDeviceFirst,
  },
  { kind: "no-object", stderr: /^Cannot find device ".*"/m, advice: makeDeviceFirst },
  { kind: "no-object", stderr: /^Device ".*" does not exist\.|FIB table does not exist/m },
  {
    kind: "no-object",
    stderr:
      /^RTNETLINK answers: No such (process|device)|Address not found\.$|^cat: .*\/proc\/sys\/.*: No such file or directory/m,
  },
  {
    kind: "exists",
    stderr: /A VXLAN device with the specified VNI already exists/,
    advice:
      "Each `id` is there once for each `port` of a host, in whatever namespace its interface is: take another `id` or `port`, or remove that interface.",
    followUp: vxlanHolders,
  },
  {
    kind: "exists",
    stderr: /File exists|Address already assigned/,
    advice: "Something with this name or key is there already; look at it with `ip` on the host.",
  },
  {
    // Which address that is depends on the kind of interface, so its resource explains it.
    kind: "address-in-use",
    stderr: /^RTNETLINK answers: Address already in use/m,
  },
  {
    kind: "unknown",
    stderr: /^RTNETLINK answers: (?:Invalid argument|Device or resource busy)/m,
    advice: parentAdvice,
  },
  {
    kind: "port-held",
    selfExplanatory: true,
    stderr: /^listenPort \S+ is held by /m,
    advice:
      "Stop what holds it, or take another `listenPort` or `listenAddress`; with `adopt: true` the forward comes before it.",
  },
  ...attachmentPatterns,
  {
    kind: "no-permission",
    stderr: /Operation not permitted|Permission denied|you must be root|must be run as root/i,
    advice:
      "Changing the network needs root: log in as root, or set `sudo: true` for this host and allow that with the sudoers line `USER ALL=(root) NOPASSWD: /bin/sh`.",
  },
  {
    kind: "unreachable-gateway",
    stderr: /Nexthop has invalid gateway|Network is unreachable|No route to host/,
    advice:
      "The gateway is in no network that an interface there is part of (or the interface is down): make the interface first (`dependsOn`), or correct the address.",
  },
  {
    kind: "locked",
    stderr: /Another app is currently holding the xtables lock/,
    advice: "Another program held the iptables lock for too long; run `pulumi up` again.",
    followUp: xtablesLockHolder,
  },
  ...toolPatterns,
  {
    kind: "missing-program",
    stderr: /^BusyBox v.* multi-call binary|^Option "-[jNd]" is unknown, try "ip -help"/m,
    advice: `The host's \`ip\` has no JSON output: it is BusyBox's, or too old. Install the package iproute2 (${tools.ip.oldest} or newer).`,
  },
  {
    kind: "unsupported",
    stderr: /Unknown device type/,
    advice: (argv) => {
      const type = argv[argv.indexOf("type") + 1] ?? "such";
      return `The host's kernel has no ${type} interfaces: load its module there (\`modprobe ${type}\`), or install the kernel's modules.`;
    },
  },
  {
    kind: "unsupported",
    stderr: /can't initialize ip6?tables table/,
    advice: "The host's kernel lacks the tables of iptables-legacy: install the kernel's modules, or use iptables-nft.",
  },
  {
    kind: "unsupported",
    stderr:
      /Operation not supported|(?:Protocol|Address family) not supported|Extension .* revision .* not supported|Couldn't load (match|target)|No chain\/target\/match by that name/,
    advice: "The host's kernel (or its tools) lacks this feature.",
  },
  {
    kind: "unknown",
    selfExplanatory: true,
    stderr: /^attach\.\w+: /m,
    advice: ([, , , , kind, name]) => `Ask it on the host: ${String(kind)} container inspect ${String(name)}`,
  },
];

/** The package (under Debian's name) that contains a program used on hosts, with its oldest supported version. */
function packageOf(program: string): string | undefined {
  const known: Readonly<Record<string, Tool>> = { ip: tools.ip, bridge: tools.ip, nft: tools.nft };
  const tool = /^ip6?tables(?:-|$)/.test(program) ? tools.iptables : known[program];
  if (tool) return `${tool.package} (${tool.oldest} or newer)`;
  return ["unshare", "nsenter", "flock"].includes(program) ? "util-linux" : undefined;
}

/** The program that this reply reports as missing on the host, and the package to install. */
export function missingProgram(
  { exitCode, stderr }: CommandResult,
  argv: readonly string[] = [],
): { readonly program: string; readonly package: string } | undefined {
  // The messages of a shell and of `ip netns exec`, whose exit code is not specific.
  const notFound = /(?:^|[ "])([\w-]+)"?: (?:not found|command not found|No such file or directory)$/m;
  const missing = /^exec of "(.*)" failed: No such file or directory$/m.exec(stderr);
  if (exitCode !== 127 && !missing) return undefined;
  const program = (missing ?? notFound.exec(stderr))?.[1] ?? argv[0] ?? "";
  return { program, package: packageOf(program) ?? "that brings it" };
}

/** Classifies a failed command's reply. The only place that does. */
export function classify(
  result: CommandResult,
  argv: readonly string[] = [],
): { kind: FailureKind; advice?: string; followUp?: Command; selfExplanatory?: boolean } {
  if (result.exitCode === 0)
    return {
      kind: "changed-meanwhile",
      advice: "Something else changed it at the same moment; run `pulumi up` again.",
    };
  const missing = missingProgram(result, argv);
  if (missing)
    return {
      kind: "missing-program",
      advice: `The program ${missing.program} is missing on the host: install the package ${missing.package}.`,
    };
  const pattern = patterns.find(({ stderr }) => stderr.test(result.stderr));
  if (!pattern) return { kind: "unknown" };
  const { stderr: _stderr, advice: given, followUp, ...meaning } = pattern;
  const advice = typeof given === "function" ? given(argv) : given;
  return {
    ...meaning,
    ...(advice !== undefined && { advice }),
    ...(followUp !== undefined && { followUp: typeof followUp === "function" ? followUp(argv) : followUp }),
  };
}

/** A command that failed or whose reply could not be read. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly kind: FailureKind;
  readonly advice: string | undefined;
  /** A follow-up question whose reply explains the failure to the user. */
  readonly followUp: Command | undefined;
  /** Whether the host's message is sufficient by itself. */
  readonly selfExplanatory: boolean;
  constructor(
    readonly command: Command,
    readonly result: CommandResult,
    /** Its position among the commands of its plan: [3, 5] is the third of five. */
    readonly step?: readonly [number, number],
  ) {
    super(result.stderr || `exit code ${result.exitCode}`);
    const { kind, advice, followUp, selfExplanatory = false } = classify(result, command.argv);
    this.kind = kind;
    this.advice = advice;
    this.followUp = followUp;
    this.selfExplanatory = selfExplanatory;
  }
}
