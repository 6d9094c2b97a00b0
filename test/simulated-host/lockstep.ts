/** What a real and a simulated host say, in words that can be held against each other. */
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

/** A transport that writes down what it is asked and what it answers. */
export interface Recording {
  readonly transport: Transport;
  /** What came since the last call, comparable. */
  take(): unknown[];
}

/** Puts a recording before a transport. */
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

/** A command and its result without what only one of two hosts can have. */
export function comparable({ argv, stdin, expectStdout }: Command, result: CommandResult): unknown {
  const { ran, exitCode, stderr } = result;
  // A guard on the rules asks for all that its question asked for, and a real host was asked for others in one go.
  if (expectStdout !== undefined && argv.includes(saveScript)) return { guard: "rules", ran, failed: exitCode !== 0 };
  // `ip` has another exit code for some failures where it does several things at once.
  const said = { argv: argv.join(" "), stdin, ran, failed: exitCode !== 0, stderr, kind: classify(result).kind };
  return { ...said, stdout: exitCode === 0 ? comparableOutput(argv, result.stdout) : "" };
}

function comparableOutput(argv: readonly string[], stdout: string): unknown {
  if (argv[2] === inNamespacesScript)
    return (
      [...linesByNamespace(stdout)]
        .map(([name, line]) => [name, ...everywhereIn(argv.slice(7), line)])
        // Those that pairs lead to come in the order of the pairs.
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    );
  if (argv[0] === "ip" && argv.includes("address") && argv.includes("show"))
    return parseLinks(stdout).map(withoutAutomatic);
  if (argv[0] === "ip" && argv.includes("route") && argv.includes("show")) {
    const family = argv.includes("-6") ? 6 : 4;
    const routes = parseRoutes(stdout, family).filter(({ destination }) => !isAutomatic(destination));
    // A real one prints them by their destinations, and within one in the order in which they count.
    return routes.sort((a, b) => (a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0));
  }
  if (argv[0] === "ip" && argv.includes("rule") && argv.includes("show"))
    return parsePolicyRules(stdout, argv.includes("-6") ? 6 : 4);
  if (argv[2] === halfPairScript) return parseHalfPairs(stdout);
  // Processes and namespaces have other numbers on each of them.
  if (argv[2] === findMarkedScript)
    return parseMarkedInterfaces(stdout).map(({ number: _, ...found }) => ({
      ...found,
      process: found.process !== undefined,
    }));
  // A real one may have br_netfilter, and says then what else it has.
  if (argv.includes(bridgedScript)) return answersTo(argv, stdout).filter((line) => line.startsWith("-A "));
  if (argv.includes(saveScript)) return answersTo(argv, stdout);
  // Which boot of which kernel it is, and what runs on this machine.
  if (isDeepStrictEqual(argv, hostFacts().command.argv))
    return hostFacts().parse({ ran: true, exitCode: 0, stdout, stderr: "" }).value?.flushing;
  // Which versions this machine has.
  if (isToolCheck({ argv })) return "";
  return stdout
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

/** Of a reply that answers others too, the lines that were asked for. */
function answersTo(argv: readonly string[], stdout: string): string[] {
  const patterns = argv.filter((_, index) => argv[index - 1] === "-e");
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("@") || patterns.some((pattern) => line.includes(pattern)));
}

/** What is said of one namespace, without the routes that come and go with addresses. */
function everywhereIn(args: readonly string[], line: string): unknown[] {
  const said = comparableOutput(["ip", ...args], line) as (Link | KernelRoute | PolicyRule)[];
  return said.filter((one) => !("protocol" in one) || one.protocol !== kernelProtocol);
}

/** The options of a kind that a simulated host has; a real one tells many more, and clocks. */
const simulatedOptions = ["stp_state", "forward_delay", "ageing_time"];

/** Without link-local addresses that the kernel made from an Ethernet address, the present one or an earlier one, when there was a carrier. */
function withoutAutomatic(link: Link): Link {
  return {
    ...link,
    info: Object.fromEntries(Object.entries(link.info).filter(([option]) => simulatedOptions.includes(option))),
    linkLocal: link.linkLocal.filter((address) => !/ff:fe[\da-f]{2}:[\da-f]+\/64$/.test(address)),
  };
}

const isAutomatic = (destination: string) => /^(fe80:|ff00::)/.test(destination);
