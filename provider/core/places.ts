/** The places that resources of a program claim, and conflicts between them. */
import type { Claims } from "../lifecycle/claims.js";
import type { AnyResource } from "../lifecycle/define-resource.js";
import type { Life } from "../lifecycle/lives.js";
import { parseMark } from "../lifecycle/ownership.js";
import { type Properties, contextOf, resourceOfMark, propertiesOf } from "./properties.js";

/**
 * Claims the resource's places, or returns what another resource of the program has claimed already.
 * @param host The host's name, or its machine.
 */
export function claimConflict(claims: Claims, host: string, definition: AnyResource, inputs: Properties) {
  const { identity, hostName } = placeOf(definition, inputs);
  const place = `${definition.kind} ${host}/${identity}`;
  const claimed = claimedPlaces(host, definition, inputs);
  const other = claims.claim([place, ...claimed.map(({ place }) => place)], inputs.mark);
  if (!other) return undefined;
  const claimedTwice = claimed.find(({ place }) => place === other.place);
  const owner = parseMark(other.holder);
  const name = `${owner?.kind ?? definition.kind} "${owner?.owner.name ?? other.holder}" of this program`;
  const says = claimedTwice ? `has ${claimedTwice.what}` : `is ${identity}`;
  return {
    property: claimedTwice?.property ?? definition.replaceOn[0] ?? "host",
    words: `${name} ${says} on ${hostName} already; ${claimedTwice?.advice ?? "remove one of them"}`,
  };
}

/** What a resource claims besides its own place. */
export function claimedPlaces(host: string, definition: AnyResource, inputs: Properties) {
  return (definition.claims?.(propertiesOf(inputs)) ?? []).map((claim) => {
    const { property, what, anywhere = false, advice } = claim;
    const namespace = anywhere ? undefined : "namespace" in claim ? claim.namespace : inputs.namespace;
    return { property, what: `${what}${within(namespace)}`, place: claimedPlace(host, namespace, what), advice };
  });
}

/** The place of a claim; two claims on one place conflict. */
export const claimedPlace = (host: string, namespace: unknown, what: string) => `${host}${within(namespace)}: ${what}`;

const within = (namespace: unknown) => (typeof namespace === "string" ? ` in ${namespace}` : "");

/** The place of what a resource manages: two resources with the same place manage the same thing. */
export function placeOf(definition: AnyResource, properties: Properties) {
  const context = contextOf(properties, undefined);
  const identity = definition.identify(propertiesOf(properties), context);
  return { place: `${definition.kind} ${context.hostName}/${identity}`, identity, hostName: context.hostName };
}

/** A life of the resource with its properties in the program and as they are or will be recorded. */
export function lifeOf(news: Properties, recorded: Properties): Life<Properties> {
  const { identity } = placeOf(resourceOfMark(news.mark).definition, news);
  return { number: recorded.life, identity, news, recorded };
}
