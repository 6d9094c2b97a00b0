/** Checks whether something else holds ports of a host: a process that listens there, or a rule that forwards them. */
import type { Command, CommandResult, Joining, PartResult } from "../transport/transport.js";
import type { Family } from "../schema/address.js";
import { inNamespace } from "./command.js";
import { programOf } from "./iptables.js";

/** The ports that a forward claims. */
export interface PortClaim {
  readonly protocol: string;
  /** First and last port. */
  readonly ports: readonly [number, number];
  /** Default: any address of the host. */
  readonly listenAddress?: string | undefined;
  /** Default: any interface. */
  readonly inInterface?: string | undefined;
  /** Whether 127.0.0.1 is one of its addresses. */
  readonly localhost: boolean;
}

// Whatever holds a port becomes a line `PROTOCOL FIRST LAST ADDRESS INTERFACE WHAT`, with - for any. Most hosts have
// few such lines, and none about a requested port, which is recognized immediately however many ports are requested.
export const portHoldersScript = `# whether something else holds ports of the host: PROTOCOL FIRST LAST ADDRESS INTERFACE LOOPBACK
program=$1 family=$2 own=$3 ranges=$4
shift 4
listening() {
  ss -Hlntu 2>/dev/null | while read -r protocol _ _ _ socket _; do
    address=\${socket%:*}
    address=\${address%%%*}
    address=\${address#[}
    address=\${address%]}
    case $family$address in
    ?"*") address=- ;;
    4*:* | 6*.*) continue ;;
    ?0.0.0.0 | ?::) address=- ;;
    esac
    echo "$protocol \${socket##*:} \${socket##*:} $address - listens on $socket"
  done
}
saved() {
  # The one of nf_tables reads the rules of all tables to save those of one; the other one lists them under its lock.
  case $("$program" --version) in
  *nf_tables*) "$program" -t nat -S ;;
  *) if command -v "$program-save"; then "$program-save" -t nat; fi ;;
  esac
  if { read -r _ <"/proc/net/\${program%tables}_tables_names"; } && command -v "$program-legacy-save"; then
    "$program-legacy-save" -t nat
  fi
} 2>/dev/null
of_others() { grep -v -F -e "$own"; }
led_by_iptables() {
  saved | grep -e ' -j DNAT' -e ' -j REDIRECT' | of_others | while read -r line; do
    ports=\${line#*--dport* }
    case $line in "-A OUTPUT "*) continue ;; "$ports") continue ;; esac
    protocol=\${line#* -p } address=- interface=-
    case $line in *"! -d "*) ;; *" -d "*) address=\${line#* -d } address=\${address%%[ /]*} ;; esac
    case $line in *"! -i "*) ;; *" -i "*) interface=\${line#* -i } ;; esac
    ports=\${ports%% *},
    while [ "$ports" ]; do
      port=\${ports%%,*} ports=\${ports#*,}
      echo "\${protocol%% *} \${port%:*} \${port#*:} $address \${interface%% *} $line"
    done
  done
}
led_by_nft() {
  command -v nft >/dev/null || return 0
  nft list table inet linuxnet 2>/dev/null | sed -n "/^.[a-z]* [a-z_]*$family {/,/^.}/p" | grep -e 'comment "linuxnet:' | of_others | while read -r line; do
    line=\${line#"elements = { "} interface=- address=-
    case $line in
    *" dport "*" dnat "*)
      port=\${line#* dport } protocol=\${line%% dport *}
      port=\${port%% *}
      case $line in 'iifname "'*) interface=\${line#*\\"} interface=\${interface%%\\"*} ;; esac
      case \${line%% dnat *} in *" daddr != "*) ;; *" daddr "*) address=\${line#* daddr } address=\${address%%[ /]*} ;; esac
      echo "\${protocol##* } \${port%-*} \${port#*-} $address $interface $line"
      ;;
    *'" : '*)
      key=\${line%% comment *}
      port=\${key##* . } key=\${key% . *}
      case $key in '"'*) interface=\${key%% . *} key=\${key#* . } interface=\${interface#?} interface=\${interface%?} ;; esac
      case $key in *" . "*) address=\${key%% . *} key=\${key#* . } ;; esac
      echo "$key $port $port $address $interface $line"
      ;;
    esac
  done
}
name_holder() {
  case $what in
  "listens on "*)
    users=$(ss -Hlntup "sport = :$first" | grep -F -e "\${what#listens on } " | grep -m 1 -F -e pid=)
    name=\${users#*\\"} pid=\${users#*pid=}
    [ "$users" ] && what="\${name%%\\"*} (pid \${pid%%,*}), which $what" || what="a process that $what"
    ;;
  *'comment "linuxnet:'*)
    mark=\${what#*comment \\"linuxnet:}
    mark=\${mark%%\\"*} kind=\${mark#*/*/}
    what="\${kind%%/*} \\"\${kind#*/}\\" of the stack \${mark%/"$kind"}"
    ;;
  *) what="the rule $what" ;;
  esac
}
answer() {
  number=$1 from=$3 to=$4
  case " $answered " in *" $number "*) return 1 ;; esac
  [ "$2" = "$protocol" ] && [ "$from" -le "$last" ] && [ "$first" -le "$to" ] || return 1
  case $address in
  127.* | ::1) [ "$7" = loopback ] || return 1 ;;
  -) ;;
  *) [ "$5" = - ] || [ "$5" = "$address" ] || return 1 ;;
  esac
  [ "$6" = - ] || [ "$interface" = - ] || [ "$6" = "$interface" ] || return 1
  answered="$answered $number"
  name_holder
  [ "$from" = "$to" ] || from="$from-$to"
  echo "\${many:+#$number }listenPort $from is held by $what; nothing was changed for this resource" >&2
}
many=
[ $# = 1 ] || many=yes
held=$(listening; led_by_iptables; led_by_nft)
printf '%s\\n' "$held" | {
  code=0 answered=
  while read -r protocol first last address interface what; do
    if [ "$ranges$first" = "-$last" ]; then
      case " $* " in *" $protocol $first "*) ;; *) continue ;; esac
    fi
    [ "$first" ] || continue
    n=0
    for question do
      n=$((n + 1))
      words=$what
      # One question is several words.
      ! answer $n $question || code=1
      what=$words
    done
  done
  exit $code
}`;

/** One forward's part of a question. */
interface Question extends Joining {
  readonly shell: Command;
  readonly programArguments: readonly string[];
  readonly claim: PortClaim;
}

/**
 * Fails if something else holds what a forward claims, and reports what. `own`: the prefix of the marks that may hold
 * it.
 */
export function portsFree(namespace: string | undefined, family: Family, own: string, claim: PortClaim): Command {
  const shell = inNamespace(namespace, ["sh", "-c", portHoldersScript, "sh"]);
  const programArguments = [programOf(family), String(family), own];
  const joining: Question = {
    key: [...shell.argv, ...programArguments].join(" "),
    shell,
    programArguments,
    claim,
    join,
    split,
  };
  return { ...join([{ argv: [], joining }]), joining };
}

function join(commands: readonly Command[]): Pick<Command, "argv"> {
  const questions = commands.map(({ joining }) => joining as Question);
  const [{ shell, programArguments }] = questions as [Question];
  const hasRange = questions.some(({ claim: { ports } }) => ports[0] !== ports[1]);
  return { argv: [...shell.argv, ...programArguments, hasRange ? "ranges" : "-", ...questions.map(questionArguments)] };
}

const questionArguments = ({
  claim: { protocol, ports, listenAddress = "-", inInterface = "-", localhost },
}: Question) => [protocol, ...ports, listenAddress, inInterface, localhost ? "loopback" : "-"].join(" ");

function split(result: CommandResult, commands: readonly Command[]): PartResult[] {
  if (result.exitCode === 0) return commands.map(() => result);
  const answers = Map.groupBy(result.stderr.split("\n"), (line) => Number(/^#(\d+) /.exec(line)?.[1]));
  if (![...answers.keys()].some(Number.isInteger)) return commands.map(() => result);
  return commands.map((_, index) => {
    const lines = answers.get(index + 1)?.map((line) => line.replace(/^#\d+ /, ""));
    return lines ? { ...result, stderr: lines.join("\n") } : { ...result, exitCode: 0, stderr: "" };
  });
}
