import { z } from "zod";
import { ip } from "../commands/command.js";
import { addressClaims, interfaceClaims } from "../commands/interface-claims.js";
import { type Link, link } from "../commands/link.js";
import {
  foreignLink,
  ifindex,
  isMarked,
  ipv6MtuProblems,
  isOwnInterface,
  managedAddresses,
  marked,
  newLink,
  planLink,
} from "../commands/link-plan.js";
import { partsOfInterface } from "../commands/management-path.js";
import { displacedInterfaceState } from "../commands/marked-interfaces.js";
import { inTemporaryNamespace } from "../commands/probes.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { interfaceDefaults } from "../lifecycle/ownership.js";
import { interfaceAddress, macAddress } from "../schema/address.js";
import { namedInterface, up } from "../schema/interface.js";
import { mtu } from "../schema/number.js";
import { interfaceTraces } from "../traces/interface.js";

/** A dummy interface: ip-link(8), TYPE dummy; drivers/net/dummy.c. */
export const dummy = defineResource({
  kind: "Dummy",
  description:
    "A dummy interface: it drops all packets that are sent through it. Its addresses belong to the host or container whichever cables are plugged in, as those of a router's loopback do.",
  properties: z.strictObject({
    name: namedInterface(),
    addresses: z
      .array(interfaceAddress())
      .default([])
      .describe("IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none."),
    mac: macAddress()
      .optional()
      .describe(
        "Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run.",
      ),
    mtu: mtu().default(1500).describe("MTU in bytes. Default 1500."),
    up: up(),
  }),
  needs: ["ip", { argv: inTemporaryNamespace("ip", "link", "add", "name", "a0", "type", "dummy") }],
  outputs: { ifindex, marked },
  replaceOn: ["name"],
  deletedWith: ["namespace"],
  traces: interfaceTraces("dummy"),

  defaults: interfaceDefaults,
  checkTogether: ({ mtu, addresses }) => ipv6MtuProblems(mtu, addresses),
  identify: ({ namespace, name }) => [namespace, name].filter(Boolean).join("/"),
  claims: (inputs) => [...interfaceClaims("", inputs), ...addressClaims("addresses", inputs.addresses, inputs)],
  inHostNetwork: (inputs) => (inputs.namespace === undefined ? partsOfInterface("", inputs) : []),
  displaced: { kind: "dummy", state: displacedInterfaceState },
  derive: () => ({ marked: true }),

  observe: ({ namespace, name }) => ({ link: link(namespace, name) }),

  // The first command creates it and fails if its name is taken.
  fast: { createsUnobserved: () => true },

  interpret({ namespace, addresses }, { link: { value: found } }, context) {
    if (!found) return {};
    if (!isOwn(found, context)) return { foreign: foreignLink("name", found, namespace, found.kind === "dummy") };
    const { name, mac, mtu, up, ifindex } = found;
    return {
      state: {
        ...{ namespace, name, addresses: managedAddresses(found, addresses), mac, mtu, up, ifindex },
        marked: isMarked(found, context),
      },
    };
  },

  plan(inputs, { link: { value: found } }, { mark, group }) {
    const wanted = { ...inputs, mark, group };
    if (found) return planLink(found, wanted);
    const { namespace, name, mac } = inputs;
    const options = ["group", group, ...(mac ? ["address", mac] : []), "type", "dummy"];
    return [
      ip(namespace, "link", "add", "name", name, ...options),
      ...planLink({ ...newLink(wanted, "dummy"), mtu: 1500 }, wanted),
    ];
  },

  remove: ({ namespace, name }, { link: { value: found } }, context) =>
    found && isOwn(found, context) ? [ip(namespace, "link", "delete", "dev", name)] : [],
});

const isOwn = (found: Link, context: Context) => isOwnInterface("dummy", found, context);
