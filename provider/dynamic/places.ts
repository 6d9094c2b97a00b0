/** Where a resource's thing is, and which other one of the program has claimed that already. */
import type { Claims } from "../lifecycle/claims.js";
import type { AnyResource } from "../lifecycle/define-resource.js";
import type { Life } from "../lifecycle/lives.js";
import { parseMark } from "../lifecycle/ownership.js";
import { type Properties, contextOf, resourceOfMark, propertiesOf } from "./properties.js";

/** What another resource of the program has already that this one is about to claim. @param host What it is called, or which machine it is. */
export function claimConflict(claims: Claims, host: string, definition: AnyResource, inputs: Properties) {
  const { identity, hostName } = placeOf(definition, inputs);
  const place = `${definition.kind} ${host}/${identity}`;
  const claimed = (definition.claims?.(propertiesOf(inputs)) ?? []).map((claim) => {
    const { property, what, anywhere = false, advice } = claim;
    const namespace = anywhere ? undefined : "namespace" in claim ? claim.namespace : inputs.namespace;
    const inside = typeof namespace === "string" ? ` in ${namespace}` : "";
    return { property, what: `${what}${inside}`, place: `${host}${inside}: ${what}`, advice };
  });
  const other = claims.claim([place, ...claimed.map(({ place }) => place)], inputs.mark);
  if (!other) return undefined;
  const claimedTwice = claimed.find(({ place }) => place === other.place);
  const owner = parseMark(other.holder);
  const name = `${owner?.kind ?? definition.kind} "${owner?.owner.name ?? other.holder}" of this program`;
  const says = claimedTwice ? `has ${claimedTwice.what}` : `is ${identity}`;
  return {
    property: claimedTwice?.property ?? definition.replaceOn[0] ?? "host",
    words: `${name} ${says} on ${hostName} already; ${claimedTwice?.advice ?? "let one of the two go"}`,
  };
}

/** Where a resource's thing is: two with the same place are about the same one. */
export function placeOf(definition: AnyResource, properties: Properties) {
  const context = contextOf(properties, undefined);
  const identity = definition.identify(propertiesOf(properties), context);
  return { place: `${definition.kind} ${context.hostName}/${identity}`, identity, hostName: context.hostName };
}

/** A life of the resource as the program has it, or as it will be recorded. */
export function lifeOf(news: Properties, recorded: Properties): Life<Properties> {
  const { identity } = placeOf(resourceOfMark(news.mark).definition, news);
  return { number: recorded.life, identity, news, recorded };
}
