import { z } from "zod";
import { targetLeftovers, describeTarget, target } from "../commands/attachment.js";
import {
  attachedTo,
  attachmentProblems,
  planAttached,
  interpretAttached,
  removeAttached,
} from "../commands/attachment-plan.js";
import { ip } from "../commands/command.js";
import { type Link, halfPairs, links } from "../commands/link.js";
import { netnsFileOutputs } from "../commands/netns-file-plan.js";
import { withNetnsFiles } from "../commands/with-netns-files.js";
import { setSysctl, settingOf, sysctl } from "../commands/sysctl.js";
import type { MarkedInterface } from "../commands/marked-interfaces.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { defaultMac, isOfStack, loopbackGroupOf, parseMark } from "../lifecycle/ownership.js";
import { hostTable, machineName, nameServers, resolverOptions, searchDomains } from "../schema/names.js";
import { attachment } from "../schema/attachment.js";
import { namespaceName, sysctlKey, sysctlValue } from "../schema/text.js";
import { namespaceTraces } from "../traces/namespace.js";

const path = (name: string) => `/run/netns/${name}`;

/** It is marked before it is named, so that an interrupted run leaves either nothing or something marked. */
export const makeScript = `# makes a namespace, marks it and names it
exec unshare --net ip -batch - <<END
link set dev lo alias $2 group $3 up
netns attach $1 $$
END`;

/** Keys that denote the same setting as an earlier key, each with that key. */
function spelledTwice(keys: readonly string[]): (readonly [key: string, other: string])[] {
  return keys.flatMap((key, index) => {
    const other = keys.slice(0, index).find((earlier) => settingOf(earlier) === settingOf(key));
    return other === undefined ? [] : [[key, other] as const];
  });
}

/** A named network namespace without its files in /etc/netns: ip-netns(8), network_namespaces(7). */
const bareNamespace = defineResource({
  kind: "Namespace",
  description:
    "A named network namespace, as `ip netns add` creates it: the network side of a container. Its `lo` is always up. " +
    "Before the namespace is deleted, the interfaces that this stack created in it are deleted, so that none of them survives if a process is still inside. " +
    "With `attach`, it is the network namespace of a container that is already running. That namespace gets a name and a mark (the alias of its `lo`) and is otherwise unchanged; " +
    "deleting the resource removes what the stack created in it, the mark and the name, and the container keeps running.",
  namespaced: false,
  properties: z.strictObject({
    name: namespaceName().describe(
      "Name of the namespace, a file in /run/netns. Default: the Pulumi name, if it is a valid namespace name.",
    ),
    sysctls: z
      .record(sysctlKey(), sysctlValue())
      .optional()
      .describe(
        "Kernel settings in the namespace, as in sysctl(8): `net.…` keys and their values. Keys that are left out are not managed.",
      ),
    dns: z
      .strictObject({
        servers: nameServers().describe(
          "Addresses of one to three name servers, in the order in which they are queried.",
        ),
        search: searchDomains()
          .optional()
          .describe("Search domains, in this order, for names with few dots (`ndots`)."),
        options: resolverOptions()
          .optional()
          .describe("Resolver options as in resolv.conf(5), such as `ndots:2` or `rotate`."),
      })
      .optional()
      .describe(
        "How names are resolved with DNS, written to /etc/netns/NAME/resolv.conf. If left out, the host's file applies.",
      ),
    hosts: hostTable()
      .optional()
      .describe(
        "Names that are resolved without DNS, each with its address or a list of addresses, written to /etc/netns/NAME/hosts. `localhost` is always included. If left out, the host's file applies.",
      ),
    hostname: machineName()
      .optional()
      .describe(
        "The host name that programs read in /etc/hostname, written to /etc/netns/NAME/hostname. If left out, the host's file applies.",
      ),
    attach: attachment()
      .optional()
      .describe(
        "Use the network namespace of something that is already running, and give it this name: exactly one of `docker`, `podman`, `pid`, `path`. Default: create a new namespace.",
      ),
  }),
  needs: ["ip", "namespaces"],
  outputs: {
    path: { type: "string", description: "The file that refers to the namespace: `/run/netns/NAME`." },
    loopback: {
      type: "string",
      description:
        "`up`, unless `lo` in the namespace was set down by hand; `missing` if the namespace no longer exists but its files under /etc/netns do.",
      implied: true,
      default: "up",
    },
    ...netnsFileOutputs,
    attachedTo: {
      type: "string | undefined",
      description:
        "With `attach`: what the namespace belongs to, such as `container c1`. It shows a different value if that has a different namespace by now or no longer exists.",
    },
    inode: {
      type: "number | undefined",
      description: "With `attach`: the namespace's inode number. It changes when the namespace is attached again.",
    },
  },
  replaceOn: ["name", "attach"],
  unmanaged: ["sysctls"],
  // Two lives cannot have the same name, nor the same mark in one namespace.
  deleteBeforeReplace: (old, desired) => old.attach !== undefined || desired.attach !== undefined,
  outlivesResource: { when: "attach", identity: "inode" },
  deletedWith: [],
  traces: namespaceTraces,

  defaults: (raw, owner) => (raw.name === undefined ? { name: owner.name } : {}),
  checkTogether: ({ name, sysctls = {}, attach }) => [
    ...Object.keys(sysctls)
      .filter((key) => !/^net[./]/.test(key))
      .map((key) => ({
        property: `sysctls["${key}"]`,
        message: "only keys that start with net. belong to a namespace; for others use a Sysctl resource on the host",
      })),
    ...spelledTwice(Object.keys(sysctls)).map(([key, other]) => ({
      property: `sysctls["${key}"]`,
      message: `is the same setting as "${other}"; leave one of them out`,
    })),
    ...(attach ? attachmentProblems({ name, attach }, Object.keys(sysctls).length > 0) : []),
  ],
  identify: ({ name }) => name,
  claims: ({ name, attach, sysctls = {} }) => [
    ...(attach ? [{ property: "attach", what: describeTarget(attach) }] : []),
    ...Object.keys(sysctls).map((key) => ({
      property: `sysctls["${key}"]`,
      what: `the setting ${settingOf(key)}`,
      namespace: name,
    })),
  ],
  displaced: {
    kind: "lo",
    // What it is attached to is found by itself and keeps its contents.
    applies: ({ attach }) => attach === undefined,
    state: ({ sysctls: _inside, ...recorded }) => ({ ...recorded, path: undefined, loopback: "missing" }),
    isNamespaceOf: ({ name }, { group }, { owner, hostName }) => group === loopbackGroupOf(owner, hostName, name),
    contains: ({ name, attach }, found, context) => attach === undefined && wasIn(name, found, context),
  },
  derive: ({ name, attach }) => ({
    path: path(name),
    ...(attach ? { attachedTo: attachedTo(attach) } : { loopback: "up" }),
  }),

  observe: ({ name, sysctls = {}, attach }, { gone, inUse, group }) => ({
    links: links(name),
    ...(gone && !attach && { halfPairs: halfPairs(group) }),
    // A delete works even if the container is gone or its engine's program is not installed.
    ...(attach && inUse === undefined && { target: target(attach, name) }),
    ...(attach && gone && { left: targetLeftovers(attach, name) }),
    ...Object.fromEntries(Object.keys(sysctls).map((key) => [`sysctl ${key}`, sysctl(name, key)])),
  }),

  fast: {
    // The first command creates it and fails if its name is taken.
    createsUnobserved: ({ attach }) => attach === undefined,

    // Assumes that it contains interfaces of this stack; if it does not, the first command fails.
    recordedAnswers: ({ attach }, { mark, group }) =>
      attach ? undefined : { links: { value: [{ name: "lo", alias: mark, group } as Link] } },
    recordedGuards: ({ name }, { mark }) => [
      { ...links(name).command, expectInStdout: `"ifalias":${JSON.stringify(mark)}` },
    ],
  },

  interpret({ name, sysctls, attach }, answers, { marks }) {
    if (attach) {
      const { state, foreign } = interpretAttached({ name, attach }, answers, { marks });
      return { foreign, state: state && { name, path: path(name), attach, ...state } };
    }
    const lo = answers.links.value?.find((link) => link.name === "lo");
    if (!lo) return {};
    if (!lo.alias || !marks.includes(lo.alias)) {
      return {
        foreign: {
          property: "name",
          mark: lo.alias,
          conflict: lo.alias
            ? `held by a namespace marked ${JSON.stringify(lo.alias)}`
            : "held by a namespace that this stack did not create",
          advice: `Choose another name, or remove it on the host: ip netns del ${name}`,
          adoptable: true,
        },
      };
    }
    return {
      state: {
        name,
        path: path(name),
        loopback: lo.up ? "up" : "down",
        ...(sysctls && {
          sysctls: Object.fromEntries(Object.keys(sysctls).map((key) => [key, sysctlValueIn(answers, key) ?? ""])),
        }),
      },
    };
  },

  plan({ name, sysctls = {}, attach }, answers, { mark, marks, group, owner, hostName }) {
    if (attach) return planAttached({ name, attach }, answers, { mark, marks, group });
    const lo = answers.links.value?.find((link) => link.name === "lo");
    const loopbackGroup = loopbackGroupOf(owner, hostName, name);
    const settings = Object.entries(sysctls).filter(([key, value]) => sysctlValueIn(answers, key) !== value);
    return [
      // A plain file without a namespace mounted on it, left by a crash, or by a reboot if /run is persistent.
      ...(answers.links.missing === "stale-namespace" ? [ip(undefined, "netns", "delete", name)] : []),
      ...(lo
        ? [
            ...(lo.alias === mark ? [] : [ip(name, "link", "set", "dev", "lo", "alias", mark, "group", loopbackGroup)]),
            ...(lo.up ? [] : [ip(name, "link", "set", "dev", "lo", "up")]),
          ]
        : [{ argv: ["sh", "-c", makeScript, "sh", name, mark, String(loopbackGroup)] }]),
      ...settings.map(([key, value]) => setSysctl(name, key, value)),
    ];
  },

  remove({ name, attach }, answers, { group, marks, owner }) {
    if (attach) return removeAttached({ name, attach }, answers, { marks, group });
    const lo = answers.links.value?.find((link) => link.name === "lo");
    // Somebody deleted its name while a process was inside. Pulumi skips deleting what is `deletedWith` this namespace.
    if (answers.links.missing !== undefined)
      return (answers.halfPairs?.value ?? [])
        .filter(({ alias }) => alias === undefined || isOfStack(alias, owner))
        .map((end) => ip(undefined, "link", "delete", "dev", end.name));
    if (!lo?.alias || !marks.includes(lo.alias)) return [];
    const own = answers.links.value.some((link) => link.group === group);
    return [...(own ? [ip(name, "link", "delete", "group", group)] : []), ip(undefined, "netns", "delete", name)];
  },
});

/**
 * Whether an interface was created in the namespace with this name. Its default Ethernet address tells that; it is
 * derived from the interface's original name, for which these are the candidates.
 */
function wasIn(
  namespace: string,
  { name, alias, mac, ...now }: MarkedInterface,
  { owner, hostName }: Context,
): boolean {
  if (now.namespace === namespace) return false;
  const of = parseMark(alias)!.owner;
  return [name, of.name, "eth0", "eth1"].some((former) => mac === defaultMac(owner, hostName, namespace, former));
}

/** A named network namespace with its files in /etc/netns. */
export const namespace = withNetnsFiles(bareNamespace);

/** The answer about a sysctl; the facts' names are only known at run time. */
function sysctlValueIn(answers: object, key: string): string | undefined {
  return (answers as Record<string, { value?: string } | undefined>)[`sysctl ${key}`]?.value;
}
