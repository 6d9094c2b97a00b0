/** The formats of a namespace's name resolution files: resolv.conf(5), hosts(5), hostname(5). */
import { localNames } from "../schema/names.js";

/** The contents of the files, by the properties that they are generated from. */
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

/** The file that a property is written to, in /etc/netns/NAME, and that programs in the namespace see in /etc. */
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
 * The text of a property's file; undefined if there is none. The original file is appended as comments, so that it
 * survives a lost state and a replacement that does not know of it.
 */
export function netnsFileText(
  property: NetnsFileProperty,
  names: NameResolution,
  mark: string,
  original?: OriginalFile,
): string | undefined {
  const { dns, hosts, hostname } = names;
  const before = original ? originalLines(original) : [];
  if (property === "dns") return dns && lines(`# ${mark}`, ...resolverLines(dns), ...before);
  if (property === "hosts") return hosts && lines(`# ${mark}`, ...localLines, ...hostLines(hosts), ...before);
  // Many scripts take the first line for the name although comments are allowed there, so the mark comes second.
  return hostname === undefined ? undefined : lines(hostname, `# ${mark}`, ...before);
}

const originalHeader = "# Original file, restored when this one is deleted: mode ";
const missingFinalNewline = ", no newline at the end";

function originalLines({ text, mode }: OriginalFile): string[] {
  const whole = text === "" || text.endsWith("\n");
  const all = whole ? text.split("\n").slice(0, -1) : text.split("\n");
  return [`${originalHeader}${mode}${whole ? "" : missingFinalNewline}`, ...all.map((line) => `#|${line}`)];
}

/** The original that one of our files replaced. */
function parseOriginal(all: readonly string[]): OriginalFile | undefined {
  const at = all.findIndex((line) => line.startsWith(originalHeader));
  const [, mode, rest] = /^([0-7]{1,4})(.*)$/.exec(all[at]?.slice(originalHeader.length) ?? "") ?? [];
  if (mode === undefined || (rest !== "" && rest !== missingFinalNewline)) return undefined;
  const text = all.slice(at + 1).flatMap((line) => (line.startsWith("#|") ? [line.slice(2)] : []));
  return { mode, text: rest === missingFinalNewline ? text.join("\n") : lines(...text) };
}

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join("");

const resolverLines = ({ servers, search, options }: Resolver) => [
  ...servers.map((server) => `nameserver ${server}`),
  ...(search ? [`search ${search.join(" ")}`] : []),
  ...(options ? [`options ${options.join(" ")}`] : []),
];

/** These entries are always needed, because the file replaces the host's own. */
const localLines = [`127.0.0.1 ${localNames[0]}`, `::1 ${localNames.join(" ")}`];

/**
 * One line per address. The first name of a line is the canonical name of its address: one with a domain, if there is
 * one.
 */
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

/** A parsed file, as far as a property can express its contents. */
export interface ParsedNetnsFile {
  /** The property with the contents of the file. */
  readonly names: NameResolution;
  /** The mark of the file's owner. */
  readonly mark: string | undefined;
  /** Whether the text is exactly what would be written for its contents. */
  readonly whole: boolean;
  /** The original that it replaced. */
  readonly original: OriginalFile | undefined;
}

/** Parses a property's file, whoever wrote it. */
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
  const original = mark === undefined ? undefined : parseOriginal(all);
  return {
    names,
    mark,
    original,
    whole: mark !== undefined && text === netnsFileText(property, names, mark, original),
  };
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
