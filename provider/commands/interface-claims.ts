/** What an interface claims exclusively, so that two resources of a program cannot both have it. */
import { familyOf, withoutLength } from "../schema/address.js";
import { type GatewayEnd, gatewaysOf } from "./gateway.js";

/** What a resource claims: `Claim` of ../lifecycle/define-resource.ts. */
interface Claim {
  readonly property: string;
  readonly what: string;
  readonly namespace?: string | undefined;
  readonly advice?: string;
}

/** A bridge in a namespace. */
interface BridgeName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A default route in the table main with the kernel's default metric. */
export const defaultRouteClaim = (property: string, family: 4 | 6): Claim => ({
  property,
  what: `the IPv${family} default route`,
  advice:
    "a namespace has one: leave the gateway of one of the two out (`defaultRoute: false` where a ContainerNetwork attaches it), or make a Route with a metric or a table of its own",
});

/**
 * Its name and its default routes.
 * @param prefix Put before its properties: `peer.`, or nothing.
 */
export function interfaceClaims(prefix: string, end: GatewayEnd): Claim[] {
  const { namespace, name } = end;
  return [
    { property: `${prefix}name`, what: `the interface ${name}`, namespace },
    ...gatewaysOf(end).map((gateway) => ({
      ...defaultRouteClaim(`${prefix}gateway`, familyOf(gateway)),
      namespace,
    })),
  ];
}

/** Its addresses on the network of a bridge, where nobody else can have them. */
export function addressClaims(property: string, addresses: readonly string[], bridge: BridgeName): Claim[] {
  const plain = new Set(addresses.map(withoutLength));
  return [...plain].map((address) => ({
    property,
    what: `the address ${address} on ${bridge.name}`,
    namespace: bridge.namespace,
  }));
}
