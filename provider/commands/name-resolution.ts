/** The files by which a namespace knows names, as texts: resolv.conf(5), hosts(5), hostname(5). */
import { localNames } from "../schema/names.js";

/** What the files say, by the properties that they are made from. */
export interface NameResolution {
  readonly dns?: Resolver | undefined;
  readonly hosts?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly hostname?: string | undefined;
}

export interface Resolver {
  readonly servers: readonly string[];
  readonly search?: readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

/** The file that a property is written to, in /etc/netns/NAME and, where a program runs in the namespace, in /etc. */
export const fileNameOf = { dns: "resolv.conf", hosts: "hosts", hostname: "hostname" } as const;
export type NetnsFileProperty = keyof typeof fileNameOf;
export type NetnsFileName = (typeof fileNameOf)[NetnsFileProperty];
export const netnsFileProperties = Object.keys(fileNameOf) as NetnsFileProperty[];

/** A file as it was found, with its permissions in octal. */
export interface OriginalFile {
  readonly text: string;
  readonly mode: string;
}

/**
 * The text of a property's file; undefined where there is none. What was there before stands at its end, as comments: a state
 * that is lost, and a replacement that is told nothing of it, must not lose that.
 */
export function netnsFileText(
  property: NetnsFileProperty,
  names: NameResolution,
  mark: string,
  found?: OriginalFile,
): string | undefined {
  const { dns, hosts, hostname } = names;
  const before = found ? originalLines(found) : [];
  if (property === "dns") return dns && lines(`# ${mark}`, ...resolverLines(dns), ...before);
  if (property === "hosts") return hosts && lines(`# ${mark}`, ...localLines, ...hostLines(hosts), ...before);
  // Many a script takes the first line for the name, though comments are allowed there: the mark comes second.
  return hostname === undefined ? undefined : lines(hostname, `# ${mark}`, ...before);
}

const missingFinalNewline = ", its last line has no end";

function originalLines({ text, mode }: OriginalFile): string[] {
  const whole = text === "" || text.endsWith("\n");
  const all = whole ? text.split("\n").slice(0, -1) : text.split("\n");
  return [
    `# before, and put back in the end: mode ${mode}${whole ? "" : missingFinalNewline}`,
    ...all.map((line) => `#|${line}`),
  ];
}

/** What a file of ours has in the place of. */
function parseOriginal(all: readonly string[]): OriginalFile | undefined {
  const at = all.findIndex((line) => line.startsWith("# before, and put back in the end: mode "));
  const [, mode, end] = /mode ([0-7]{1,4})(, its last line has no end)?$/.exec(all[at] ?? "") ?? [];
  if (mode === undefined) return undefined;
  const text = all.slice(at + 1).flatMap((line) => (line.startsWith("#|") ? [line.slice(2)] : []));
  return { mode, text: end === undefined ? lines(...text) : text.join("\n") };
}

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join("");

const resolverLines = ({ servers, search, options }: Resolver) => [
  ...servers.map((server) => `nameserver ${server}`),
  ...(search ? [`search ${search.join(" ")}`] : []),
  ...(options ? [`options ${options.join(" ")}`] : []),
];

/** In the place of the host's own file, these are in none else. */
const localLines = [`127.0.0.1 ${localNames[0]}`, `::1 ${localNames.join(" ")}`];

/** A line for each address. The first name of a line is what its address is called: one with a domain, where there is one. */
function hostLines(hosts: NonNullable<NameResolution["hosts"]>): string[] {
  const names = new Map<string, string[]>();
  for (const [name, addresses] of Object.entries(hosts))
    for (const address of [addresses].flat()) names.set(address, [...(names.get(address) ?? []), name]);
  return [...names]
    .sort(by(([address]) => addressOrder(address)))
    .map(([address, all]) => [address, ...all.sort(by(nameOrder))].join(" "));
}

const by =
  <T>(order: (value: T) => string) =>
  (a: T, b: T) =>
    order(a) < order(b) ? -1 : 1;
const addressOrder = (address: string) =>
  address.includes(":") ? `6 ${address}` : `4 ${address.replaceAll(/\d+/g, (part) => part.padStart(3, "0"))}`;
const nameOrder = (name: string) => `${String(9999 - name.split(".").length)} ${name}`;

/** A file, as far as it says anything that a property can say. */
export interface ParsedNetnsFile {
  /** The property, with what is in the file. */
  readonly names: NameResolution;
  /** Whose the file is. */
  readonly mark: string | undefined;
  /** Whether it is as it would be written for what it says. */
  readonly whole: boolean;
  /** What it is in the place of. */
  readonly found: OriginalFile | undefined;
}

/** Reads a property's file, whoever wrote it. */
export function parseNetnsFile(property: NetnsFileProperty, text: string): ParsedNetnsFile {
  const all = text.split("\n");
  const mark = all
    .slice(0, 2)
    .map((line) => /^# (linuxnet:\S+)$/.exec(line)?.[1])
    .find((found) => found !== undefined);
  const words = all
    .map((line) => line.replace(/#.*/, "").split(/\s+/).filter(Boolean))
    .filter(({ length }) => length > 0);
  const names = { [property]: readers[property](words) };
  const found = mark === undefined ? undefined : parseOriginal(all);
  return { names, mark, found, whole: mark !== undefined && text === netnsFileText(property, names, mark, found) };
}

type Lines = readonly (readonly string[])[];

const readers: Readonly<Record<NetnsFileProperty, (words: Lines) => NameResolution[NetnsFileProperty]>> = {
  dns(words) {
    const after = (keyword: string) => words.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
    const search = after("search").at(-1);
    const options = after("options").flat();
    return {
      servers: after("nameserver").map(([server = ""]) => server),
      ...(search && { search }),
      ...(options.length > 0 && { options }),
    };
  },
  hosts(words) {
    const addresses = new Map<string, string[]>();
    for (const [address = "", ...names] of words)
      for (const name of names.filter((name) => !localNames.some((local) => local === name)))
        addresses.set(name, [...(addresses.get(name) ?? []), address]);
    return Object.fromEntries([...addresses].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));
  },
  hostname: (words) => words[0]?.[0] ?? "",
};
