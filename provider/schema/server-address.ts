import { IPv6 } from "ipaddr.js";
import { printableText } from "./text.js";

/** An SSH server's name or IP address. Unlike in ssh(1), a user and a port have fields of their own, and brackets are not needed. */
export const serverAddress = () =>
  printableText("an address").superRefine((value, context) => {
    const correction = correctionOf(value);
    if (correction !== undefined)
      context.addIssue({
        code: "custom",
        message: `an address is a host name or an IP address alone; write ${correction}`,
      });
  });

/** The fields to set instead; undefined if the value is an address alone. A password in the value is not repeated. */
function correctionOf(value: string): string | undefined {
  if (IPv6.isValid(value)) return undefined;
  const [, user, place = ""] = /^(?:ssh:\/\/)?(?:([^@:/]+)(?::[^@]*)?@)?([^@]*?)\/?$/.exec(value) ?? [];
  const [, bracketed, port] = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? [];
  const [, name, portOfName] = /^([^:]+):(\d+)$/.exec(place) ?? [];
  const address = bracketed ?? name ?? place;
  if (address === value) return undefined;
  const numbered = port ?? portOfName;
  return [
    `address: "${address}"`,
    ...(user === undefined ? [] : [`user: "${user}"`]),
    ...(numbered === undefined ? [] : [`port: ${numbered}`]),
  ].join(", ");
}
