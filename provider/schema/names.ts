/** Schemas of host names, search domains and resolver options: RFC 1123, hosts(5), hostname(5), resolv.conf(5). */
import { z } from "zod";
import { ipAddress } from "./address.js";
import { shown } from "./text.js";

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** Service domains start with an underscore: RFC 8552. */
const domainLabel = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
/** A last label that makes inet_aton(3) read a name as a number. */
const number = /^(?:\d+|0[xX][0-9A-Fa-f]*)$/;

function problemOf(name: string, longest: number, isLabel: RegExp): string | undefined {
  const labels = name.split(".");
  if (!labels.every((part) => isLabel.test(part)))
    return "is made of parts with dots between them, each of 1 to 63 letters, digits and hyphens, with none at its ends";
  if (number.test(labels.at(-1)!)) return "can't end in a number: programs would take it for an address";
  return name.length > longest ? `has at most ${longest} characters (it has ${name.length})` : undefined;
}

const name = (what: string, longest: number) =>
  z.string().superRefine((value, context) => {
    const problem = problemOf(value, longest, label);
    if (problem) context.addIssue({ code: "custom", message: `${what} ${problem}` });
  });

/** A machine's name, of at most 64 characters: HOST_NAME_MAX in linux/limits.h. */
export const machineName = () => name("a host name", 64);

/** Names that every hosts file contains. */
export const localNames = ["localhost", "ip6-localhost", "ip6-loopback"] as const;

/** The maximum number of characters in a host table, so that its file is smaller than 64 KiB. */
const longestTable = 60_000;

const lengthOf = ([name, addresses]: [string, string | string[]]) =>
  [addresses].flat().reduce((sum, address) => sum + name.length + address.length + 2, 0);

/** Host names, each with an address or a list of addresses. */
export const hostTable = () =>
  z.record(name("a host's name", 253), addressOrAddresses()).superRefine((table, context) => {
    const names = Object.keys(table);
    const lower = names.map((name) => name.toLowerCase());
    for (const [index, name] of names.entries()) {
      const local = localNames.some((local) => local === lower[index]);
      const first = names[lower.indexOf(lower[index]!)]!;
      if (local) context.addIssue({ code: "custom", path: [name], message: `${name} is always there: leave it out` });
      else if (first !== name)
        context.addIssue({ code: "custom", path: [name], message: `${name} is the same name as ${first}` });
    }
    const length = Object.entries(table).reduce((sum, entry) => sum + lengthOf(entry), 0);
    if (length > longestTable)
      context.addIssue({
        code: "custom",
        message: `a table of hosts has at most ${longestTable} characters (it has ${length})`,
      });
  });

const addressOrAddresses = () =>
  z
    .union([ipAddress(), list("addresses", ipAddress(), 64)])
    .transform((value) => (Array.isArray(value) && value.length === 1 ? value[0]! : value));

/** A non-empty list without duplicates. */
function list<S extends z.ZodType<string>>(what: string, each: S, longest: number) {
  return z
    .array(each)
    .min(1, `is a list of at least one; for none leave it out`)
    .max(longest, `has at most ${longest} ${what}`)
    .superRefine((values, context) => {
      const twice = values.findIndex((value, index) => values.indexOf(value) < index);
      if (twice !== -1)
        context.addIssue({ code: "custom", path: [twice], message: `${shown(String(values[twice]))} is there twice` });
    });
}

/** Name servers. The resolvers of glibc and musl use the first three and silently ignore the rest. */
export const nameServers = () => list("servers: resolvers ask no more than that", ipAddress(), 3);

/** A search domain; `.` is the root. */
const searchDomain = () =>
  z.string().superRefine((value, context) => {
    const problem = value === "." ? undefined : problemOf(value.replace(/\.$/, ""), 253, domainLabel);
    if (problem) context.addIssue({ code: "custom", message: `a search domain ${problem}` });
  });

/** Search domains. */
export const searchDomains = () => list("domains", searchDomain(), 32);

/** Options with a number, and the highest number that glibc accepts. */
const numberedOptions: Readonly<Record<string, number>> = { ndots: 15, timeout: 30, attempts: 5 };
/** Options without a number. Those that glibc has removed, such as inet6, are not included. */
const plainOptions = [
  ...["debug", "rotate", "no-aaaa", "no-check-names", "edns0", "single-request", "single-request-reopen"],
  ...["no-tld-query", "use-vc", "no-reload", "trust-ad", "strict-error"],
];

const resolverOption = () =>
  z.string().superRefine((value, context) => {
    if (plainOptions.includes(value)) return;
    const [, option = "", digits] = /^([a-z]+):(0|[1-9]\d{0,2})$/.exec(value) ?? [];
    const highest = Object.hasOwn(numberedOptions, option) ? numberedOptions[option]! : undefined;
    if (highest !== undefined && Number(digits) <= highest) return;
    const numbered = Object.entries(numberedOptions).map(([name, most]) => `${name}:0 to ${name}:${most}`);
    const message = `an option of the resolver is one of ${[...numbered, ...plainOptions].join(", ")}`;
    context.addIssue({ code: "custom", message });
  });

/** Resolver options without duplicates. */
export const resolverOptions = () =>
  list("options", resolverOption(), 16).superRefine((options, context) => {
    const names = options.map((option) => option.replace(/:.*/, ""));
    const twice = names.findIndex(
      (name, index) => names.indexOf(name) < index && options.indexOf(options[index]!) === index,
    );
    if (twice !== -1) context.addIssue({ code: "custom", path: [twice], message: `${names[twice]!} is there twice` });
  });
