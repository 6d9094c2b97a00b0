import { z } from "zod";
import { fact, ip } from "../commands/command.js";
import { leftElsewhere } from "../commands/marked-objects.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { protocolOf } from "../lifecycle/ownership.js";
import { claimTraces, defineTraceSort, gone, removal } from "../lifecycle/trace.js";
import { ipAddress, macAddress } from "../schema/address.js";
import { interfaceName } from "../schema/text.js";
import { isIn, within } from "../traces/recorded-properties.js";

/** The parts of `ip -N -j neighbour show` that are read here. */
interface Entry {
  readonly dst: string;
  readonly dev?: string;
  readonly lladdr?: string;
  readonly protocol?: string;
}

// -N: numbers, since iproute2 has names for some protocols.
const entriesIn = (namespace: string | undefined, ...selectors: string[]) =>
  fact(
    ip(namespace, "-N", "-j", "neighbour", "show", "nud", "permanent", ...selectors),
    (stdout) => JSON.parse(stdout || "[]") as Entry[],
  );

/** Entries of any resource, marked by the stack's protocol number. */
const entries = defineTraceSort({
  name: "neighbour entry",
  isNumbered: true,
  // RTM_GETNEIGH, struct ndmsg, NDA_PROTOCOL: linux/neighbour.h
  dump: { request: 30, header: 12, attribute: 12 },
  inNamespace: (namespace) => ({ entries: entriesIn(namespace) }),
  find: ({ namespaces }, stack) =>
    namespaces.flatMap(({ names, answers }) =>
      (answers.entries.value ?? [])
        .filter(({ protocol }) => protocol === String(protocolOf(stack)))
        .map(({ dst, dev = "" }) => {
          const [namespace] = names;
          const there = entriesIn(namespace, "to", dst, "dev", dev);
          return {
            object: { names, address: dst, device: dev },
            mark: undefined,
            description: `neighbour entry ${dst} dev ${dev}${within(namespace)}`,
            identity: `${dst} ${dev}${within(namespace)}`,
            stage: "uses interfaces" as const,
            removal: removal([there], ([{ value = [] }]) =>
              value.some(({ protocol }) => protocol === String(protocolOf(stack)))
                ? [ip(namespace, "neighbour", "delete", dst, "dev", dev)]
                : gone,
            ),
          };
        }),
    ),
});

/** A neighbour entry: ip-neighbour(8). */
export const neighbour = defineResource({
  kind: "Neighbour",
  description: "A permanent neighbour entry: which Ethernet address an IP address has, without asking the network.",
  properties: z.strictObject({
    device: interfaceName().describe("The interface that the neighbour is reached by."),
    address: ipAddress().describe("The neighbour's IP address, IPv4 or IPv6."),
    mac: macAddress().describe("The neighbour's Ethernet address."),
  }),
  needs: ["ip"],
  replaceOn: ["device", "address"],
  deletedWith: ["namespace", "device"],
  traces: [
    claimTraces(
      entries,
      ({ namespace, device, address }, found) =>
        isIn(namespace, found) && device === found.device && address === found.address,
      () => true,
    ),
  ],

  // A wrong entry makes its address unreachable.
  inHostNetwork: ({ namespace, device, address }) =>
    namespace === undefined ? [{ property: "address", neighbour: address, device }] : [],
  identify: ({ namespace, device, address }) => [namespace, device, address].filter(Boolean).join("/"),

  observe: ({ namespace, device, address }, { gone }) => ({
    there: entriesIn(namespace, "to", address, "dev", device),
    ...(gone && { elsewhere: entriesIn(namespace, "to", address) }),
  }),

  interpret({ namespace, device, address }, { there, elsewhere }, context) {
    const entry = there.value?.[0];
    if (!entry) {
      const moved = (elsewhere?.value ?? []).filter((other) => isOwn(other, context));
      return {
        warnings: moved.map(({ dev = "" }) => leftElsewhere(`a neighbour entry ${address} dev ${dev}`, namespace)),
      };
    }
    if (!isOwn(entry, context)) {
      return {
        foreign: {
          property: "address",
          conflict: "taken by a permanent entry that this stack did not create",
          advice: `Remove it on the host: ip neighbour delete ${address} dev ${device}`,
          adoptable: true,
        },
      };
    }
    return { state: { namespace, device, address, mac: entry.lladdr } };
  },

  plan({ namespace, device, address, mac }, { there }, context) {
    const entry = there.value?.[0];
    if (entry?.lladdr === mac && isOwn(entry, context)) return [];
    // One step for new and changed: there is no moment without the entry.
    return [
      ip(
        namespace,
        ...["neighbour", "replace", address, "lladdr", mac, "dev", device],
        ...["nud", "permanent", "protocol", context.protocol],
      ),
    ];
  },

  remove: ({ namespace, device, address }, { there }, context) =>
    there.value?.some((entry) => isOwn(entry, context))
      ? [ip(namespace, "neighbour", "delete", address, "dev", device)]
      : [],
});

const isOwn = ({ protocol }: Entry, context: Context) => protocol === String(context.protocol);
