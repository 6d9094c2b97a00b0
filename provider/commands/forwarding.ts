/** Whether the kernel forwards packets between interfaces: ip-sysctl.rst. */
import type { Family } from "../schema/address.js";
import { type Command, type CommandResult, type Found, inNamespace } from "./command.js";
import { notePath } from "./sysctl.js";

/** The setting, with slashes. */
export const forwardingKey = (family: Family) =>
  family === 4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding";

// With forwarding enabled, an interface no longer accepts router advertisements unless accept_ra is 2: everything it
// has learned from them, such as its default route, would expire.
export const forwardingScript = `# lets the kernel forward packets
key=$1 note=$2 found=
read -r found <"/proc/sys/$key"
[ "$found" = 0 ] || exit 0
case $key in net/ipv6/*)
  for name in $(ip -6 -o route show proto ra | while read -r line; do
    case $line in *" dev "*) line=\${line#* dev }; echo "\${line%% *}" ;; esac; done | sort -u); do
    read -r accept <"/proc/sys/net/ipv6/conf/$name/accept_ra"
    [ "$accept" != 1 ] || echo 2 >"/proc/sys/net/ipv6/conf/$name/accept_ra" || exit
  done ;;
esac
# What was found is for a Sysctl to put back.
if [ "$note" ] && [ ! -e "$note" ]; then
  mkdir -p "\${note%/*}" && printf '{"found":"%s","holders":{}}\n' "$found" >"$note.new" && mv "$note.new" "$note" || exit
fi
echo 1 >"/proc/sys/$key"`;

/**
 * Enables forwarding and leaves a note about it. Interfaces that depend on router advertisements keep accepting them.
 */
export function switchOnForwarding(namespace: string | undefined, family: Family): Command {
  const key = forwardingKey(family);
  // A namespace's settings disappear with it.
  const note = namespace === undefined ? notePath(key) : "";
  const command = inNamespace(namespace, ["sh", "-c", forwardingScript, "sh", key, note]);
  // Running it once is enough for all resources that need it at the same time.
  const join = () => ({ argv: command.argv });
  const split = (result: CommandResult, commands: readonly Command[]) => commands.map(() => result);
  return { ...command, joining: { key: command.argv.join(" "), join, split } };
}

/** Whether a rule's plan has to enable forwarding: it is off, or it has not been observed. */
export const forwardingMayBeOff = ({ value, missing }: Found<{ readonly forwards: boolean | undefined }>) =>
  value ? value.forwards === false : missing === "object";
