import { IPv6 } from "ipaddr.js";
import { printableText } from "./text.js";

/**
 * An SSH server's name or IP address. Unlike in ssh(1), a user and a port have fields of their own, and brackets are
 * not needed.
 */
export const serverAddress = () =>
  printableText("an address").superRefine((value, context) => {
    if (IPv6.isValid(value)) return;
    const correction = correctionOf(value);
    if (correction === undefined) {
      if (value !== "")
        context.addIssue({
          code: "custom",
          message: "an address is a host name or an IP address, without spaces, / or @",
        });
    } else if (correction.address !== value) {
      const fields = Object.entries(correction).map(([field, corrected]) => `${field}: ${JSON.stringify(corrected)}`);
      context.addIssue({
        code: "custom",
        message: `an address is a host name or an IP address alone; write ${fields.join(", ")}`,
      });
    }
  });

/**
 * The fields to set, if the value contains more than an address, such as a user or a prefix length; undefined if it
 * contains no address. A password in the value is not repeated.
 */
function correctionOf(value: string): { address: string; user?: string; port?: number } | undefined {
  const [, user, place = ""] =
    /^(?:ssh:\/\/)?(?:([^@:/\s]+)(?::[^@]*)?@)?([^@]*?)\/?$/.exec(value.replace(/^ +| +$/g, "")) ?? [];
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? [];
  const [, name, namePort] = /^([^:]+):(\d+)$/.exec(place) ?? [];
  const address = (bracketed ?? name ?? place).replace(/^([\d.]+|[\da-fA-F:.]*:[\da-fA-F:.]*)\/\d+$/, "$1");
  if (address === "" || /[ /@]/.test(address)) return undefined;
  const port = bracketedPort ?? namePort;
  return { address, ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) };
}
