import { z } from "zod";

const message = 'a packet mark is a number from 0 to 4294967295, or a text such as "0x1" or, with a mask, "0x1/0xff"';
const whole = 0xffffffff;

/** A packet's mark and optional mask, as `ip` prints them, in canonical form: `0x1`, `0x1/0xff`. */
export function canonicalMark(mark: string, mask = String(whole)): string {
  const hexadecimal = (text: string) => `0x${Number(text).toString(16)}`;
  return Number(mask) === whole ? hexadecimal(mark) : `${hexadecimal(mark)}/${hexadecimal(mask)}`;
}

/** A firewall mark as `ip rule` accepts it: `1`, `0x1`, `0x1/0xff`. */
export const packetMark = () => {
  const either = z.union([z.number(), z.string()], {
    error: ({ input }) => (input === undefined ? undefined : message),
  });
  return either.transform((value, context): string => {
    const problem = (text: string) => {
      context.addIssue({ code: "custom", message: text });
      return z.NEVER;
    };
    const [, mark = "", mask] =
      /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(String(value)) ?? [];
    if (mark === "" || Number(mark) > whole || Number(mask ?? whole) > whole) return problem(message);
    const bits = Number(mask ?? whole);
    if (bits === 0) return problem(`the mask of ${value} has no bits: every packet has such a mark`);
    const inside = (BigInt(mark) & BigInt(bits)).toString();
    return Number(inside) === Number(mark)
      ? canonicalMark(mark, mask)
      : problem(`${value} has bits outside its mask; did you mean "${canonicalMark(inside, mask)}"?`);
  });
};
