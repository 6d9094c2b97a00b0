/** For `random` of a kind's cases. */
import { output } from "../engine/network.js";

/** The argument of what is in a namespace, by the name of its resource. */
export const insideOf = (namespace: string | undefined) =>
  namespace === undefined ? {} : { namespace: output(`${namespace}.name`) };
