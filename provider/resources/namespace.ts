import { z } from "zod";
import { ip } from "../commands/command.js";
import { type Link, halfPairs, links } from "../commands/link.js";
import {
  nameOutputs,
  nameQuestion,
  planNames,
  recordedNames,
  rememberNames,
  removeNames,
  seeNames,
} from "../commands/name-plan.js";
import { setSysctl, sysctl } from "../commands/sysctl.js";
import { defineResource } from "../lifecycle/define-resource.js";
import { isOfStack } from "../lifecycle/ownership.js";
import { hostTable, machineName, nameServers, resolverOptions, searchDomains } from "../schema/names.js";
import { namespaceName, sysctlKey, sysctlValue } from "../schema/text.js";

const path = (name: string) => `/run/netns/${name}`;

/** Marked before it has a name: whatever is cut short leaves either nothing or something marked. */
export const makeScript = `# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 up
netns attach $1 $$
END`;

/** A named network namespace: ip-netns(8), network_namespaces(7). */
export const namespace = defineResource({
  kind: "Namespace",
  description:
    "A named network namespace, as `ip netns add` makes it: the network side of a container. Its `lo` is always up. " +
    "Deleting it first deletes the links that this stack made in it, so that nothing lives on where a process is still inside.",
  namespaced: false,
  properties: z.strictObject({
    name: namespaceName().describe(
      "Its name, a file in /run/netns. Default: the Pulumi name, where that is a valid one.",
    ),
    sysctls: z
      .record(sysctlKey(), sysctlValue())
      .optional()
      .describe("Kernel settings inside it: `net.…` keys to values, as in sysctl(8). Keys left out are not managed."),
    dns: z
      .strictObject({
        servers: nameServers().describe(
          "Addresses of name servers, in the order in which they are asked: one to three.",
        ),
        search: searchDomains()
          .optional()
          .describe("Domains that a name without dots is looked for in, in this order."),
        options: resolverOptions().optional().describe("Options as in resolv.conf(5): `ndots:2`, `rotate`."),
      })
      .optional()
      .describe("How names are looked up in DNS: /etc/netns/NAME/resolv.conf. Left out: as on the host."),
    hosts: hostTable()
      .optional()
      .describe(
        "Names that need no name server, each with its address or a list of them: /etc/netns/NAME/hosts. `localhost` is always there. Left out: as on the host.",
      ),
    hostname: machineName()
      .optional()
      .describe("What programs read in /etc/hostname: /etc/netns/NAME/hostname. Left out: as on the host."),
  }),
  needs: ["ip", "namespaces"],
  outputs: {
    path: { type: "string", description: "The file that stands for the namespace: `/run/netns/NAME`." },
    loopback: {
      type: "string",
      description:
        "`up`, unless `lo` in it was set down by hand; `missing` where the namespace is gone, and its files under /etc/netns are not.",
      implied: true,
      default: "up",
    },
    ...nameOutputs,
  },
  replaceOn: ["name"],
  unmanaged: ["sysctls"],
  ordered: ["dns.servers", "dns.search", "dns.options"],
  deleteBeforeReplace: false,
  diesWith: [],

  defaults: (raw, owner) => (raw.name === undefined ? { name: owner.name } : {}),
  checkTogether: ({ sysctls = {} }) =>
    Object.keys(sysctls)
      .filter((key) => !/^net[./]/.test(key))
      .map((key) => ({
        property: `sysctls["${key}"]`,
        message: "only keys that start with net. belong to a namespace; for others use a Sysctl resource on the host",
      })),
  identify: ({ name }) => name,
  derive: ({ name }) => ({ path: path(name), loopback: "up", nameFiles: "whole" }),

  observe(inputs, context) {
    const { name, sysctls = {} } = inputs;
    const files = nameQuestion(inputs, context);
    return {
      links: links(name),
      ...(files && { files }),
      // With files, something is still there when the namespace is gone.
      ...((context.gone || files) && { halfPairs: halfPairs(context.group) }),
      ...Object.fromEntries(Object.keys(sysctls).map((key) => [`sysctl ${key}`, sysctl(name, key)])),
    };
  },

  remember: (inputs, { files }, context) => rememberNames(inputs, files, context),

  // The first command makes it, and fails where its name or its key is taken.
  makesUnseen: () => true,

  // With something of ours in it; where nothing is, the first of the commands fails.
  recordedAnswers: (inputs, context) => ({
    links: { value: [{ name: "lo", alias: context.mark, group: context.group } as Link] },
    files: { value: recordedNames(inputs, context) },
  }),
  recordedGuards: ({ name }, { mark }) => [
    { ...links(name).command, expectInStdout: `"ifalias":${JSON.stringify(mark)}` },
  ],

  interpret(inputs, answers, context) {
    const { name, sysctls } = inputs;
    const lo = answers.links.value?.find((link) => link.name === "lo");
    const { isThere, state: names, foreign, warnings } = seeNames(inputs, answers.files, context);
    const left = isThere ? { name, path: path(name), loopback: "missing", ...names } : undefined;
    if (!lo) return { state: left, foreign, warnings };
    if (!lo.alias || !context.marks.includes(lo.alias)) {
      return {
        state: left,
        foreign: {
          property: "name",
          mark: lo.alias,
          held: lo.alias
            ? `held by a namespace marked ${JSON.stringify(lo.alias)}`
            : "held by a namespace that this stack did not make",
          advice: `Choose another name, or remove it on the host: ip netns del ${name}`,
          adoptable: true,
        },
      };
    }
    return {
      foreign,
      warnings,
      state: {
        name,
        path: path(name),
        loopback: lo.up ? "up" : "down",
        ...names,
        ...(sysctls && {
          sysctls: Object.fromEntries(Object.keys(sysctls).map((key) => [key, sysctlValueIn(answers, key) ?? ""])),
        }),
      },
    };
  },

  plan(inputs, answers, context) {
    const { name, sysctls = {} } = inputs;
    const { mark } = context;
    const lo = answers.links.value?.find((link) => link.name === "lo");
    const settings = Object.entries(sysctls).filter(([key, value]) => sysctlValueIn(answers, key) !== value);
    return [
      // A plain file without a namespace behind it, left by a crash or a reboot with a lasting /run.
      ...(answers.links.missing === "stale-namespace" ? [ip(undefined, "netns", "delete", name)] : []),
      ...(lo
        ? [
            ...(lo.alias === mark ? [] : [ip(name, "link", "set", "dev", "lo", "alias", mark)]),
            ...(lo.up ? [] : [ip(name, "link", "set", "dev", "lo", "up")]),
          ]
        : [{ argv: ["sh", "-c", makeScript, "sh", name, mark] }]),
      ...settings.map(([key, value]) => setSysctl(name, key, value)),
      ...planNames(inputs, answers.files, context),
    ];
  },

  remove(inputs, answers, context) {
    const { name } = inputs;
    const { group, marks, owner } = context;
    const files = removeNames(inputs, answers.files, context);
    const lo = answers.links.value?.find((link) => link.name === "lo");
    // Somebody took its name away while a process was inside. Pulumi deletes nothing by itself that `deletedWith` leads here.
    if (answers.links.missing !== undefined)
      return [
        ...files,
        ...(answers.halfPairs?.value ?? [])
          .filter(({ alias }) => alias === undefined || isOfStack(alias, owner))
          .map((end) => ip(undefined, "link", "delete", "dev", end.name)),
      ];
    if (!lo?.alias || !marks.includes(lo.alias)) return files;
    const own = answers.links.value.some((link) => link.group === group);
    return [
      ...files,
      ...(own ? [ip(name, "link", "delete", "group", group)] : []),
      ip(undefined, "netns", "delete", name),
    ];
  },
});

/** The answer to a sysctl's question; the questions' names are only known at run time. */
function sysctlValueIn(answers: object, key: string): string | undefined {
  return (answers as Record<string, { value?: string } | undefined>)[`sysctl ${key}`]?.value;
}
