/** A simulated host during one boot, and the programs on it. */
import { isDeepStrictEqual } from "node:util";
import { bridgedScript } from "../../provider/commands/bridged.js";
import { deleteFlowsScript, hasConntrack } from "../../provider/commands/conntrack.js";
import { inNamespacesScript } from "../../provider/commands/in-namespaces.js";
import { halfPairScript } from "../../provider/commands/link.js";
import { saveScript } from "../../provider/commands/firewall.js";
import { forwardingKey, forwardingScript } from "../../provider/commands/forwarding.js";
import { netnsFilesScript, writeFileScript, removeFileScript } from "../../provider/commands/netns-files.js";
import { portHoldersScript } from "../../provider/commands/port-holders.js";
import { makeScript } from "../../provider/resources/namespace.js";
import { hostFacts } from "../../provider/commands/host-facts.js";
import {
  findMarkedScript,
  removeMarkedScript,
  clearNamespaceScript,
} from "../../provider/commands/marked-interfaces.js";
import { isToolCheck } from "../../provider/commands/tools.js";
import type { Command } from "../../provider/transport/transport.js";
import { type Surroundings, runAddress, runLink } from "./ip-link.js";
import { runRoute } from "./ip-route.js";
import { runRule } from "./ip-rule.js";
import { runIptables } from "./iptables.js";
import { deleteLink, setUp } from "./links.js";
import type { Firewall } from "./firewall.js";
import { NetworkNamespace } from "./network-namespace.js";
import { NetnsFiles } from "./netns-files.js";
import { NoteFiles } from "./note-files.js";
import { NotSimulated, ProgramFailure } from "./program-failure.js";
import { Settings, initialSettings } from "./settings.js";
import { Words } from "./words.js";

/** The scripts that the provider sends, byte for byte: any other text is another program. */
const scripts = {
  savedLines: saveScript,
  writeSetting: 'printf "%s\\n" "$2" >"$1"',
  makeNamespace: makeScript,
  readNote: '[ ! -e "$1" ] || cat "$1"',
  writeNote: 'mkdir -p "${1%/*}" && printf "%s\\n" "$2" >"$1.new" && mv "$1.new" "$1"',
  removeNote: 'rm "$1" && { rmdir "${1%/*}" "${1%/*/*}" 2>/dev/null || :; }',
};

/** The differences between hosts. */
export interface KernelOptions {
  /** The values of /proc/sys keys at boot, if they differ from the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the kernel is older than Linux 6.15 and checks a new interface's name where the command runs. */
  readonly looksWhereStarted?: boolean;
}

/** The state of a host during one boot. */
export class Kernel implements Surroundings {
  readonly host = new NetworkNamespace();
  /** Namespaces by name; undefined stands for a file in /run/netns that refers to no namespace. */
  readonly namespaces = new Map<string, NetworkNamespace | undefined>();
  /** Namespaces that have lost their name, and are kept alive by a process inside. */
  readonly unnamed: NetworkNamespace[] = [];
  readonly notes = new NoteFiles();
  readonly settings: Settings;
  readonly looksWhereStarted: boolean;

  constructor(
    { settings = initialSettings, looksWhereStarted = false }: KernelOptions = {},
    /** On disk, so they survive a reboot. */
    readonly netnsFiles = new NetnsFiles(),
  ) {
    this.looksWhereStarted = looksWhereStarted;
    this.settings = new Settings(this.host, settings);
    setUp(this.host.loopback, true);
  }

  /** Runs a program and returns its output. Throws a ProgramFailure if it fails. */
  run({ argv, stdin = "" }: Command, namespace = this.host): string {
    const [program = "", ...args] = argv;
    if (program === "ip") return this.ip(args, namespace, stdin);
    if (program === "cat" && args.length === 1) return `${this.settings.read(namespace, args[0]!)}\n`;
    if (program === "sysctl" && args[0] === "-qw" && args.length === 2) {
      const [key = "", value = ""] = args[1]!.split("=");
      this.settings.write(namespace, `/proc/sys/${key.replaceAll(".", "/")}`, value);
      return "";
    }
    if (argv.join(" ") === "setsid -f sleep infinity") {
      namespace.occupied = true;
      return "";
    }
    if (isDeepStrictEqual(argv, hasConntrack().command.argv)) return "/usr/sbin/conntrack\n";
    // No service runs here.
    if (isDeepStrictEqual(argv, hostFacts().command.argv)) return "boot 6d0b4b1c\nat 0\nkernel 6.18.0\n";
    if (isToolCheck({ argv })) return "";
    if (program === "sh" && args[0] === "-c" && args[2] === "sh")
      return this.script(args[1]!, args.slice(3), namespace, stdin);
    const [, six, action] = /^ip(6?)tables(-restore|-save|)$/.exec(program) ?? [];
    const firewall = namespace.firewall[six ? 6 : 4];
    if (action === "-restore" && args.join(" ") === "--noflush -w 10") {
      firewall.restore(stdin);
      return "";
    }
    if (action === "-save" && args[0] === "-t" && args.length === 2) return `${firewall.save(args[1]).join("\n")}\n`;
    if (action === "") {
      runIptables(firewall, program, args);
      return "";
    }
    throw new NotSimulated(`the command ${JSON.stringify(argv)}`);
  }

  /** Removes a namespace's name and, unless a process is inside, the namespace. */
  deleteNamespace(name: string): void {
    if (!this.namespaces.has(name))
      throw new ProgramFailure(1, `Cannot remove namespace file "/run/netns/${name}": No such file or directory`);
    const namespace = this.namespaces.get(name);
    this.namespaces.delete(name);
    if (namespace?.occupied) this.unnamed.push(namespace);
    if (!namespace || namespace.occupied) return;
    for (const link of [...namespace.links])
      if (link.kind !== "loopback" && namespace.links.includes(link)) deleteLink(link);
  }

  find(name: string): NetworkNamespace | undefined {
    return this.namespaces.get(name);
  }

  /** A named namespace; undefined stands for the host's own. */
  enter(name: string | undefined): NetworkNamespace {
    if (name === undefined) return this.host;
    if (!this.namespaces.has(name))
      throw new ProgramFailure(255, `Cannot open network namespace "${name}": No such file or directory`);
    const namespace = this.namespaces.get(name);
    if (!namespace) throw new ProgramFailure(255, `setting the network namespace "${name}" failed: Invalid argument`);
    return namespace;
  }

  private ip(args: readonly string[], from: NetworkNamespace, stdin: string): string {
    const words = new Words(args);
    const namespace = words.take("-n") ? this.enter(words.next()) : from;
    const family = words.take("-6") ? 6 : words.take("-4") ? 4 : undefined;
    const options = ["-N", "-d", "-j"].filter((option) => words.take(option)).join(" ");
    const object = words.oneOf("link", "address", "addr", "route", "rule", "netns");
    if (object === "netns") return this.netns(words, stdin);
    if (object === "link") {
      runLink(namespace, words, this);
      return "";
    }
    const numbered = { route: runRoute, rule: runRule };
    const isNumbered = object === "route" || object === "rule";
    const answer = isNumbered ? numbered[object](namespace, family ?? 4, words) : runAddress(namespace, words);
    // Without these options, the real output differs.
    if (answer !== "" && options !== (isNumbered ? "-N -d -j" : "-d -j"))
      throw new NotSimulated(`the reply to "ip ${args.join(" ")}"`);
    return answer;
  }

  private netns(words: Words, stdin: string): string {
    const action = words.oneOf("add", "delete", "del", "exec");
    const name = words.next();
    if (action === "exec") return this.run({ argv: words.rest(), stdin }, this.enter(name));
    words.end();
    if (action === "add") this.name(name, new NetworkNamespace());
    else this.deleteNamespace(name);
    return "";
  }

  private name(name: string, namespace: NetworkNamespace): void {
    if (this.namespaces.has(name))
      throw new ProgramFailure(1, `Cannot create namespace file "/run/netns/${name}": File exists`);
    this.namespaces.set(name, namespace);
  }

  private makeNamespace(name: string, mark: string, group: number): string {
    const namespace = new NetworkNamespace();
    namespace.loopback.alias = mark;
    namespace.loopback.group = group;
    setUp(namespace.loopback, true);
    this.name(name, namespace);
    return "";
  }

  /** The lines, as far as the provider reads them. */
  private halfPairs(group: number): string {
    const named = [this.host, ...this.namespaces.values()];
    return this.host.links
      .filter((link) => link.group === group && link.peer && !named.includes(link.peer.namespace))
      .map(({ index, name, alias }) => {
        const end = alias === undefined ? "" : `\\    alias ${alias}`;
        return `${index}: ${name}@if0: <> group ${group} link-netnsid 0${end}\n`;
      })
      .join("");
  }

  /** For a process in a namespace without a name, its index here serves as its process ID. */
  private findMarked(mark: string): string {
    const places: [string, NetworkNamespace | undefined][] = [
      ["host", this.host],
      ...[...this.namespaces].map(([name, namespace], _index, all): [string, typeof namespace] => {
        const first = all.findIndex(([, other]) => other === namespace);
        return [`name 0:${first} ${name}`, namespace];
      }),
      ...this.unnamed.map((namespace, index): [string, NetworkNamespace] => [
        `process 1:${index} ${index}/ns/net`,
        namespace,
      ]),
    ];
    return places
      .flatMap(([place, namespace]) => {
        const links = (namespace?.links ?? []).filter(({ alias }) => alias?.startsWith(mark));
        const lines = links.map(
          ({ index, name, mac, alias, group }) =>
            `${index}: ${name}: <> group ${group}\\    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\\    alias ${alias}\n`,
        );
        return lines.length > 0 ? [`@${place}\n`, ...lines] : [];
      })
      .join("");
  }

  private entered(words: readonly string[]): NetworkNamespace {
    if (words[0] === "nsenter") return this.unnamed[Number(/proc\/(\d+)\//.exec(words[1]!)![1])]!;
    return this.enter(words[1] === "-n" ? words[2] : undefined);
  }

  private takeMarked([kind, mark, name, ...ip]: readonly string[]): string {
    const link = this.entered(ip).link(name!);
    if (link && link.kind === kind && link.alias === mark) deleteLink(link);
    return "";
  }

  private takeNamespace([mark, group, ...ip]: readonly string[]): string {
    if (ip[1] === "-n" && !this.namespaces.has(ip[2]!)) return "";
    const namespace = this.entered(ip);
    if (namespace.loopback.alias !== mark) return "";
    for (const link of [...namespace.links])
      if (link.group === Number(group) && namespace.links.includes(link)) deleteLink(link);
    namespace.loopback.alias = undefined;
    namespace.loopback.group = 0;
    return "";
  }

  /** Runs a command in the named namespaces, and in those that contain other ends of the group's veth pairs. */
  private everywhere([names = "", group, own = "", ...args]: readonly string[], from: NetworkNamespace): string {
    const ends = this.host.links.filter((link) => link.group === Number(group));
    const led = [...this.namespaces].filter(([, there]) => ends.some(({ peer }) => peer?.namespace === there));
    const places = names.split(" ").map((name) => (name === "-" ? "" : name));
    return [...new Set([...places, ...led.map(([name]) => name)])]
      .map((name) => {
        const words = name === "" ? [...args, ...own.split(" ").filter(Boolean)] : ["-n", name, ...args];
        try {
          return `@${name}\n${this.ip(words, from, "")}\n=0\n`;
        } catch (error) {
          if (!(error instanceof ProgramFailure)) throw error;
          return `@${name}\n=${error.exitCode}\n`;
        }
      })
      .join("");
  }

  /** Enables forwarding. Interfaces here have no routes from router advertisements. */
  private switchOn(namespace: NetworkNamespace, key: string, note: string): string {
    const file = `/proc/sys/${key}`;
    const found = this.settings.read(namespace, file);
    if (found !== "0") return "";
    if (note !== "" && this.notes.read(note) === "") this.notes.write(note, `{"found":"${found}","holders":{}}\n`);
    this.settings.write(namespace, file, "1");
    return "";
  }

  private script(script: string, args: readonly string[], namespace: NetworkNamespace, stdin: string): string {
    const [first = "", second = ""] = args;
    if (script === scripts.savedLines && args[2] !== "nftables")
      return savedLines(this, namespace, first, args[3] === "chains", args.slice(4));
    // This host has no br_netfilter.
    if (script === bridgedScript && second === "-") return "";
    if (script === portHoldersScript) return portHolders(namespace, args);
    if (script === forwardingScript && args.length === 2) return this.switchOn(namespace, first, second);
    // There are never any flows here.
    if (script === deleteFlowsScript && args.length === 4) return "";
    if (script === inNamespacesScript) return this.everywhere(args, namespace);
    if (script === findMarkedScript && args.length === 2) return this.findMarked(first);
    if (script === removeMarkedScript) return this.takeMarked(args);
    if (script === clearNamespaceScript) return this.takeNamespace(args);
    if (script === halfPairScript && args.length === 1) return this.halfPairs(Number(first));
    if (script === netnsFilesScript && args.length <= 1) return this.netnsFiles.look(args[0]);
    if (script === writeFileScript) return this.netnsFiles.put(args, stdin);
    if (script === removeFileScript) return this.netnsFiles.take(args);
    if (script === scripts.makeNamespace && args.length === 3)
      return this.makeNamespace(first, second, Number(args[2]));
    if (script === scripts.writeSetting && args.length === 2) this.settings.write(namespace, first, second);
    else if (script === scripts.readNote && args.length === 1) return this.notes.read(first);
    else if (script === scripts.writeNote && args.length === 2) this.notes.write(first, `${second}\n`);
    else if (script === scripts.removeNote && args.length === 1) this.notes.remove(first);
    else throw new NotSimulated(`the script ${JSON.stringify(script)}`);
    return "";
  }
}

/** A host whose `iptables` is the nf_tables one, whose kernel has no legacy tables, and which has no `nft`. */
function savedLines(
  { settings }: Kernel,
  namespace: NetworkNamespace,
  program: string,
  inChains: boolean,
  args: readonly string[],
): string {
  const [, six] = /^ip(6?)tables$/.exec(program) ?? [];
  if (six === undefined || args.some((word, index) => index % 2 === 0 && word !== "-e"))
    throw new NotSimulated(`${program} ${args.join(" ")}`);
  const patterns = args.filter((_, index) => index % 2 === 1);
  const firewall = namespace.firewall[six ? 6 : 4];
  const saved = inChains ? chainsOfOurs(firewall, patterns) : firewall.save();
  const any = saved.some((line) => line.startsWith("-A ")) ? "rules" : "none";
  const forward = settings.read(namespace, `/proc/sys/${forwardingKey(six ? 6 : 4)}`);
  return [
    `@nf_tables ${program} ${forward} ${any} open A FORWARD`,
    ...saved.filter((line) => patterns.some((pattern) => line.includes(pattern))),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** The listing of the chains in which the provider adds rules, one after the other. */
function chainsOfOurs(firewall: Firewall, patterns: readonly string[]): string[] {
  const own = patterns.flatMap((pattern) => /^:(LINUXNET-\S+) $/.exec(pattern)?.[1] ?? []);
  const chains = {
    raw: ["PREROUTING"],
    mangle: ["FORWARD"],
    nat: ["PREROUTING", "OUTPUT", "POSTROUTING", ...own],
    filter: ["FORWARD", "DOCKER-USER"],
  };
  return Object.entries(chains).flatMap(([table, names]) => {
    const lines = firewall.save(table);
    const ofChain = (name: string) =>
      lines.filter((line) => line.startsWith(`:${name} `) || line.startsWith(`-A ${name} `));
    return [`*${table}`, ...names.flatMap(ofChain)];
  });
}

/** Checks whether a foreign rule redirects a port. Nothing listens on this host. */
function portHolders(namespace: NetworkNamespace, args: readonly string[]): string {
  const [, family, own = "", , ...questions] = args;
  const rules = namespace.firewall[family === "6" ? 6 : 4].rulesOf("nat");
  const held = rules.flatMap((rule) => {
    if (!/ -j (DNAT|REDIRECT)/.test(rule) || rule.startsWith("-A OUTPUT ") || rule.includes(own)) return [];
    const option = (pattern: RegExp) => pattern.exec(rule)?.[1];
    const [first = 0, last = first] = (option(/ --dport (\S+)/) ?? "").split(":").map(Number);
    const mark = option(/--comment "linuxnet:([^"]+)"/)?.split("/");
    const [project, stack, kind, ...name] = mark ?? [];
    return [
      {
        protocol: option(/ -p (\S+)/),
        first,
        last,
        address: rule.includes("! -d ") ? undefined : option(/ -d ([^/]+)/),
        interface: rule.includes("! -i ") ? undefined : option(/ -i (\S+)/),
        what: mark ? `${kind} "${name.join("/")}" of the stack ${project}/${stack}` : `the rule ${rule}`,
      },
    ];
  });
  const answers = questions.flatMap((question, index) => {
    const [protocol, from, to, address, within, loopback] = question.split(" ");
    const other = held.find(
      (one) =>
        one.protocol === protocol &&
        Number(from) <= one.last &&
        one.first <= Number(to) &&
        (one.address === undefined ||
          (one.address.startsWith("127.") ? loopback === "loopback" : address === "-" || address === one.address)) &&
        (within === "-" || one.interface === undefined || one.interface === within),
    );
    const port = from === to ? from : `${from}-${to}`;
    const number = questions.length > 1 ? `#${index + 1} ` : "";
    return other ? [`${number}listenPort ${port} is held by ${other.what}; nothing was changed for this resource`] : [];
  });
  if (answers.length > 0) throw new ProgramFailure(1, answers.join("\n"));
  return "";
}
