/**
 * What an interface or a namespace takes along when it goes, by the words of the program alone: a route through its network needs no reference
 * to the interface, so that Pulumi does not know of it and calls it unchanged while the interface is replaced.
 */
import { contains, withoutLength } from "../schema/address.js";

type Properties = Readonly<Record<string, unknown>>;

/**
 * Whether a resource may lose something when this namespace, interface or pair goes: it is in the namespace, or names the
 * interface or an address in its networks, in one of its namespaces.
 */
export function mayDependOn(properties: Properties, { name, namespace, addresses, peer }: Properties): boolean {
  const ends = [{ name, namespace, addresses }, ...(isProperties(peer) ? [peer] : [])];
  const { peer: ownPeer } = properties;
  const namespaces = [properties.namespace, ...(isProperties(ownPeer) ? [ownPeer.namespace] : [])];
  const strings = stringsIn(properties);
  return ends.some(
    ({ name, namespace, addresses }) =>
      (name !== undefined && namespaces.includes(name)) ||
      // Of an address alone that went, only what starts from it in the same namespace has lost anything.
      ((name === undefined ? properties.namespace === namespace : namespaces.includes(namespace)) &&
        strings.some(
          (word) => isNameIn(word, name) || stringListOf(addresses).some((network) => isAddressIn(word, network)),
        )),
  );
}

/** Its name by itself, or as a part of a sysctl key: `net/ipv4/conf/lan/forwarding`. */
const isNameIn = (word: string, name: unknown) =>
  typeof name === "string" && (word === name || `.${word.replaceAll("/", ".")}.`.includes(`.${name}.`));

const isAddressIn = (word: string, network: string) => contains(network, withoutLength(word));

/** All texts in a value, at any depth. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

const stringListOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((part): part is string => typeof part === "string") : [];

const isProperties = (value: unknown): value is Properties => typeof value === "object" && value !== null;
