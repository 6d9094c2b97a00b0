/** Properties that interfaces of several kinds have, with their descriptions. */
import { z } from "zod";
import { interfaceName } from "./text.js";

/** The name of an interface, which defaults to the resource's. */
export const namedInterface = () =>
  interfaceName().describe(
    "Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name.",
  );

/** Whether an interface is up. */
export const up = () => z.boolean().default(true).describe("Whether the interface is up. Default true.");
