/** Interfaces that are made from the host's own namespace straight into another one, since they stand on, or send by, the host's. */
import type { Command } from "./command.js";

/**
 * Before Linux 6.15, the kernel wants the name to be free in the host's own namespace as well (rtnl_newlink in
 * net/core/rtnetlink.c): it looks for an interface that the request may be about, by its name, or by its number where there is one. So
 * where the host has an interface of that name, the new one gets a number that nobody has.
 */
export const addLinkScript = `# makes an interface in a namespace, also where the host has one of its name
name=$1 index=
shift 2
if ip link show dev "$name" >/dev/null 2>&1; then
  read -r random </proc/sys/kernel/random/uuid
  index="index $((0x\${random%%-*} & 0x3fffffff | 0x100000))"
fi
exec ip link add $index "$@"`;

/** Makes the interface of this name; `words` are those of `ip link add`, with `netns` and the name. */
export function addLinkInNamespace(name: string, ...words: readonly (string | number)[]): Command {
  return { argv: ["sh", "-c", addLinkScript, "sh", name, "add", ...words.map(String)] };
}
