/** Interfaces in a named namespace that stand on, or send by, one of the host's own namespace: macvlan, ipvlan, vxlan. */
import type { Command } from "./command.js";

/** What it stands on (`link`), or sends by (`dev`; undefined: by none in particular). */
export type Below = readonly ["link", string] | readonly ["dev", string | undefined];

/**
 * Before Linux 6.15, an interface's name has to be free in the namespace that `ip` runs in as well (rtnl_newlink in
 * net/core/rtnetlink.c). So it runs in the one where the interface belongs, and says by `link-netns` whose interface the one below
 * is. That one is known by its number there; for `link`, later versions of iproute2 (6.15, not yet 6.1) look in the other namespace
 * themselves, and take only its name.
 */
export const addInsideScript = `# makes an interface in a namespace, on or by one of the host's own
namespace=$1 option=$3 below=$4
shift 4
add() { ip -n "$namespace" link add link-netns "/proc/$$/ns/net" "$@"; }
[ "$below" ] || { add "$@"; exit; }
line=$(ip -o link show dev "$below") || exit
number=if\${line%%:*}
[ "$option" = link ] || { add "$@" "$option" "$number"; exit; }
said=$(add link "$number" "$@" 2>&1)
code=$?
case $said in *"Cannot find device \\"$number\\""*) add link "$below" "$@"; exit ;; esac
[ $code = 0 ] || printf '%s\\n' "$said" >&2
exit $code`;

/** Makes it; `words` are those of `ip link add`, without what it is below. */
export function addInside(namespace: string, [option, below]: Below, ...words: readonly (string | number)[]): Command {
  return { argv: ["sh", "-c", addInsideScript, "sh", namespace, "add", option, below ?? "", ...words.map(String)] };
}
