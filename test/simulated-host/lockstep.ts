/** Converts the answers of a real and a simulated host to a form in which they can be compared. */
import { isDeepStrictEqual } from "node:util";
import { hostFacts } from "../../provider/commands/host-facts.js";
import { bridgedScript } from "../../provider/commands/bridged.js";
import { saveScript } from "../../provider/commands/firewall.js";
import type { Link } from "../../provider/commands/link.js";
import { halfPairScript, parseHalfPairs, parseLinks } from "../../provider/commands/link.js";
import { inNamespacesScript, linesByNamespace } from "../../provider/commands/in-namespaces.js";
import { type PolicyRule, parsePolicyRules } from "../../provider/commands/policy-rule.js";
import { type KernelRoute, kernelProtocol, parseRoutes } from "../../provider/commands/route.js";
import { findMarkedScript, parseMarkedInterfaces } from "../../provider/commands/marked-interfaces.js";
import { isToolCheck } from "../../provider/commands/tools.js";
import { classify } from "../../provider/commands/failure.js";
import type { Batch, Command, CommandResult, Transport } from "../../provider/transport/transport.js";

/** A transport that records what it is asked and what it answers. */
export interface Recording {
  readonly transport: Transport;
  /** The entries since the last call, in comparable form. */
  take(): unknown[];
}

/** Wraps a transport in a recording. */
export function record(transport: Transport): Recording {
  let taken: unknown[] = [];
  return {
    transport: {
      async run(batch: Batch) {
        const results = await transport.run(batch);
        taken.push(...results.map((result, index) => comparable(batch.commands[index]!, result)));
        return results;
      },
      close: () => transport.close(),
    },
    take() {
      const now = taken;
      taken = [];
      return now;
    },
  };
}

/** A command and its result, without what only one of the two hosts can have. */
export function comparable({ argv, stdin, expectStdout }: Command, result: CommandResult): unknown {
  const { ran, exitCode, stderr } = result;
  // A guard on rules repeats its query in full, and on a real host that query was combined with others.
  if (expectStdout !== undefined && argv.includes(saveScript)) return { guard: "rules", ran, failed: exitCode !== 0 };
  // `ip` has another exit code for some failures if it does several things at once.
  const said = { argv: argv.join(" "), stdin, ran, failed: exitCode !== 0, stderr, kind: classify(result).kind };
  return { ...said, stdout: exitCode === 0 ? comparableOutput(argv, result.stdout) : "" };
}

function comparableOutput(argv: readonly string[], stdout: string): unknown {
  if (argv[2] === inNamespacesScript)
    return (
      [...linesByNamespace(stdout)]
        .map(([name, line]) => [name, ...everywhereIn(argv.slice(7), line)])
        // The namespaces that veth pairs lead to are in the order of the pairs.
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    );
  if (argv[0] === "ip" && argv.includes("address") && argv.includes("show"))
    return parseLinks(stdout).map(withoutAutomatic);
  if (argv[0] === "ip" && argv.includes("route") && argv.includes("show")) {
    const family = argv.includes("-6") ? 6 : 4;
    const routes = parseRoutes(stdout, family).filter(({ destination }) => !isAutomatic(destination));
    // A real host sorts routes by destination, and routes to the same one by precedence.
    return routes.sort((a, b) => (a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0));
  }
  if (argv[0] === "ip" && argv.includes("rule") && argv.includes("show"))
    return parsePolicyRules(stdout, argv.includes("-6") ? 6 : 4);
  if (argv[2] === halfPairScript) return parseHalfPairs(stdout);
  // Processes and namespaces have different numbers on each host.
  if (argv[2] === findMarkedScript)
    return parseMarkedInterfaces(stdout).map(({ number: _, ...found }) => ({
      ...found,
      process: found.process !== undefined,
    }));
  // A real host may have br_netfilter, and then also prints its other settings.
  if (argv.includes(bridgedScript)) return answersTo(argv, stdout).filter((line) => line.startsWith("-A "));
  if (argv.includes(saveScript)) return answersTo(argv, stdout);
  // The boot, the kernel, and the services of this machine.
  if (isDeepStrictEqual(argv, hostFacts().command.argv))
    return hostFacts().parse({ ran: true, exitCode: 0, stdout, stderr: "" }).value?.flushing;
  // The versions on this machine.
  if (isToolCheck({ argv })) return "";
  return stdout
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

/** The lines that were asked for, out of a reply that also answers other queries. */
function answersTo(argv: readonly string[], stdout: string): string[] {
  const patterns = argv.filter((_, index) => argv[index - 1] === "-e");
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("@") || patterns.some((pattern) => line.includes(pattern)));
}

/** The reply for one namespace, without the routes that the kernel adds and removes with addresses. */
function everywhereIn(args: readonly string[], line: string): unknown[] {
  const said = comparableOutput(["ip", ...args], line) as (Link | KernelRoute | PolicyRule)[];
  return said.filter((one) => !("protocol" in one) || one.protocol !== kernelProtocol);
}

/** The options of an interface kind that a simulated host has; a real one prints many more, and timers. */
const simulatedOptions = ["stp_state", "forward_delay", "ageing_time"];

/**
 * Leaves out link-local addresses that the kernel derived from the current or an earlier Ethernet address while there
 * was a carrier.
 */
function withoutAutomatic(link: Link): Link {
  return {
    ...link,
    info: Object.fromEntries(Object.entries(link.info).filter(([option]) => simulatedOptions.includes(option))),
    linkLocal: link.linkLocal.filter((address) => !/ff:fe[\da-f]{2}:[\da-f]+\/64$/.test(address)),
  };
}

const isAutomatic = (destination: string) => /^(fe80:|ff00::)/.test(destination);
