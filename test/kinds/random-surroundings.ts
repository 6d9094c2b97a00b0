/** For `random` in a kind's cases. */
import { output } from "../engine/network.js";

/** The `namespace` argument of a resource, given the Pulumi name of its namespace. */
export const insideOf = (namespace: string | undefined) =>
  namespace === undefined ? {} : { namespace: output(`${namespace}.name`) };
