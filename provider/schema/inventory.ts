import { z } from "zod";
import { isGiven, withoutEmpty } from "./given.js";
import { type HostArgs, type HostDefaults, hostDefaults, inventoryEntry, withHostDefaults } from "./host.js";
import { pathText, problemsIn } from "./problems.js";
import { printableText } from "./text.js";

/** The stack configuration about hosts, parsed from JSON; undefined if it is not set. */
export interface HostConfiguration {
  /** `linuxnet:hosts`: how each host is reached, by name. */
  readonly hosts: unknown;
  /** `linuxnet:defaults`: the defaults for all hosts. */
  readonly defaults: unknown;
}

/** The hosts of a stack, with defaults. */
export interface HostInventory {
  readonly hosts: Readonly<Record<string, HostArgs>>;
  readonly defaults: HostDefaults;
  /** All problems, with their paths; if there are any, the inventory is empty. They quote no secret. */
  readonly problems: readonly string[];
}

/** The maximum number of problems that are reported at once. */
const most = 10;

const record = (what: string, example: string) => ({
  error: `has to be an object ${what}, such as ${example}`,
});
const hosts = z.record(
  printableText("a host's name"),
  z.record(z.string(), z.unknown(), record("that says how the host is reached", '{ address: "10.0.12.15" }')),
  record("from host names to how they are reached", '{ host1: { address: "10.0.12.15" } }'),
);

/** Parses the whole stack configuration. */
export function readInventory({
  hosts: givenHosts = {},
  defaults: givenDefaults = {},
}: HostConfiguration): HostInventory {
  const defaults = hostDefaults.safeParse(isGiven(givenDefaults) ? withoutEmpty(givenDefaults) : givenDefaults);
  const entries = hosts.safeParse(givenHosts);
  const read = Object.entries(entries.data ?? {}).map(([name, given]) => {
    const host = withHostDefaults(withoutEmpty(given), name, defaults.data ?? {});
    return { name, parsed: inventoryEntry.safeParse(host) };
  });
  const problems = [
    ...problemsOf("linuxnet:defaults", [], defaults.error),
    ...problemsOf("linuxnet:hosts", [], entries.error),
    ...read.flatMap(({ name, parsed }) => problemsOf("linuxnet:hosts", [name], parsed.error)),
  ];
  // Every resource repeats these problems.
  const [told, more] = [problems.slice(0, most), problems.length - most];
  if (problems.length > 0)
    return { hosts: {}, defaults: {}, problems: [...told, ...(more > 0 ? [`and ${more} more`] : [])] };
  return {
    hosts: Object.fromEntries(read.map(({ name, parsed }) => [name, parsed.data!])),
    defaults: defaults.data!,
    problems,
  };
}

function problemsOf(key: string, within: readonly string[], error: z.ZodError | undefined): string[] {
  return problemsIn(error?.issues ?? []).map(
    ({ path, message }) => `${pathText([key, ...within, ...path])} ${message}`,
  );
}
