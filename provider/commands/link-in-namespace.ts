/**
 * Creates interfaces from the host's own namespace directly in another one, because their parent or their sockets are
 * in the host's own.
 */
import type { Command } from "./command.js";

/**
 * Before Linux 6.15, the kernel also requires the name to be free in the host's own namespace (rtnl_newlink in
 * net/core/rtnetlink.c): it looks for an existing interface that the request may refer to, by its name, or by its index
 * if one is given. Therefore, if the host has an interface of that name, the new one gets an index that is not in use.
 */
export const addLinkScript = `# makes an interface in a namespace, also where the host has one of its name
name=$1 index=
shift 2
if ip link show dev "$name" >/dev/null 2>&1; then
  read -r random </proc/sys/kernel/random/uuid
  index="index $((0x\${random%%-*} & 0x3fffffff | 0x100000))"
fi
exec ip link add $index "$@"`;

/** Creates the interface with this name. `words` are the arguments of `ip link add`, including `netns` and the name. */
export function addLinkInNamespace(name: string, ...words: readonly (string | number)[]): Command {
  return { argv: ["sh", "-c", addLinkScript, "sh", name, "add", ...words.map(String)] };
}
