import { z } from "zod";
import { isGiven, withoutEmpty } from "./given.js";
import { type HostArgs, type HostDefaults, hostDefaults, inventoryEntry, withHostDefaults } from "./host.js";
import { pathText, problemsIn } from "./problems.js";
import { printableText } from "./text.js";

/** The stack configuration about hosts, as values that were JSON; undefined where there is none. */
export interface HostConfiguration {
  /** `linuxnet:hosts`: host names to how they are reached. */
  readonly hosts: unknown;
  /** `linuxnet:defaults`: what holds for every host that does not say otherwise. */
  readonly defaults: unknown;
}

/** The hosts of a stack, each with what the defaults say. */
export interface HostInventory {
  readonly hosts: Readonly<Record<string, HostArgs>>;
  readonly defaults: HostDefaults;
  /** Everything that is wrong, with its path; nothing of the inventory counts then. Quotes no secret. */
  readonly problems: readonly string[];
}

/** How many problems are told at once. */
const most = 10;

const record = (what: string, example: string) => ({
  error: `has to be an object ${what}, such as ${example}`,
});
const hosts = z.record(
  printableText("a host's name"),
  z.record(z.string(), z.unknown(), record("that says how the host is reached", '{ address: "10.0.12.15" }')),
  record("from host names to how they are reached", '{ host1: { address: "10.0.12.15" } }'),
);

/** Reads the stack configuration as a whole. */
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
  // Every resource repeats them.
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
