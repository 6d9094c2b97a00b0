/**
 * Resources that depend on an interface or a namespace without referring to it in the program. A route through an
 * interface's network needs no reference to the interface, so Pulumi does not know of the dependency and reports the
 * route as unchanged while the interface is replaced.
 */
import { contains, withoutLength } from "../schema/address.js";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Whether a resource may lose something when this namespace, interface or pair is deleted: it is in the namespace, or
 * it names the interface or an address in the interface's networks, in one of its namespaces.
 */
export function mayDependOn(properties: Properties, { name, namespace, addresses, peer }: Properties): boolean {
  const ends = [{ name, namespace, addresses }, ...(isProperties(peer) ? [peer] : [])];
  const { peer: ownPeer } = properties;
  const namespaces = [properties.namespace, ...(isProperties(ownPeer) ? [ownPeer.namespace] : [])];
  const strings = stringsIn(properties);
  return ends.some(
    ({ name, namespace, addresses }) =>
      (name !== undefined && namespaces.includes(name)) ||
      // If only an address was removed, only what originates from it in the same namespace has lost anything.
      ((name === undefined ? properties.namespace === namespace : namespaces.includes(namespace)) &&
        strings.some(
          (word) => isNameIn(word, name) || stringListOf(addresses).some((network) => isAddressIn(word, network)),
        )),
  );
}

/** The interface's name by itself, or as part of a sysctl key: `net/ipv4/conf/lan/forwarding`. */
const isNameIn = (word: string, name: unknown) =>
  typeof name === "string" && (word === name || `.${word.replaceAll("/", ".")}.`.includes(`.${name}.`));

const isAddressIn = (word: string, network: string) => contains(network, withoutLength(word));

/** All strings in a value, at any depth. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

const stringListOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((part): part is string => typeof part === "string") : [];

const isProperties = (value: unknown): value is Properties => typeof value === "object" && value !== null;
