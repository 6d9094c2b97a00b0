import { z } from "zod";

/** A whole number within bounds. */
export function whole(what: string, low: number, high: number) {
  const message = `${what} is a whole number from ${low} to ${high}`;
  return z
    .number({ error: ({ input }) => (input === undefined ? undefined : message) })
    .int(message)
    .min(low, message)
    .max(high, message);
}

/** A TCP, UDP or SCTP port. */
export const port = () => whole("a port", 1, 65535);

/** A port, or a range of ports `"8000-8010"`; printed as a number or a range. */
export const portRange = () => {
  const message = 'a port is a number from 1 to 65535, or a range such as "8000-8010"';
  const either = z.union([z.number(), z.string()], {
    error: ({ input }) => (input === undefined ? undefined : message),
  });
  return either.transform((value, context): number | string => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value));
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (!match || first < 1 || last > 65535) {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    if (last < first) {
      const turned = `${last}-${first}`;
      context.addIssue({ code: "custom", message: `the range ${value} runs backwards; did you mean "${turned}"?` });
      return z.NEVER;
    }
    return first === last ? first : `${first}-${last}`;
  });
};

/** The first and last port of a port or port range. */
export function portsOf(range: number | string): readonly [number, number] {
  const [first, last] = String(range).split("-").map(Number);
  return [first!, last ?? first!];
}

/** The MTU of an interface or route in bytes; IPv6 needs at least 1280 (RFC 8200). */
export const mtu = () => whole("an MTU", 68, 65535);

/** A route's metric; the lowest is preferred. */
export const metric = () => whole("a metric", 0, 4294967295);

/** A routing table: its number, or the name of one that every host has. */
export const routingTable = () =>
  z.union([z.enum(["main", "local", "default"]), z.number().int().min(1).max(4294967295)], {
    error: ({ input }) =>
      input === undefined ? undefined : "a routing table is main, local, default or a number from 1 to 4294967295",
  });

/** A non-negative number of whole seconds. */
export const seconds = (high: number) => whole("a time in seconds", 0, high);
