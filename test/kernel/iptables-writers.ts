import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestHost } from "./test-host.js";

const run = promisify(execFile);

/**
 * Other programs that change a host's rules, each in a loop: half of them in nat, half in filter, for both families.
 */
export interface Writers {
  /** Resolves when each writer has added its first rule, and thereby created the tables that it needs. */
  readonly writing: Promise<void>;
  /** Lets each writer finish its round and leave a last rule. Resolves with their counts. */
  stop(): Promise<WriterCount[]>;
}

/** The report of one writer. */
export interface WriterCount {
  readonly writer: number;
  readonly added: number;
  readonly deleted: number;
  /** The messages of iptables when it failed. */
  readonly failures: string;
}

/** A writer: it keeps its first rule, repeatedly adds and deletes another one, and leaves a last one. */
const writer = `
n=$1 added=0 deleted=0; exec 2>/run/writers/$n.failures
case $((n % 2)) in 0) table=nat chain=POSTROUTING;; 1) table=filter chain=FORWARD;; esac
case $((n / 2 % 2)) in 0) tool=iptables;; 1) tool=ip6tables;; esac
change() { $tool -w -t $table "$1" $chain -o "w$n" -m comment --comment "writer:$n/$2" -j ACCEPT; }
change -A first && added=$((added + 1)); touch /run/writers/$n.writing
until [ -e /run/writers/stop ]; do
  change -A passing && added=$((added + 1)); change -D passing && deleted=$((deleted + 1)); sleep 1
done
change -A last && added=$((added + 1))
echo "$added $deleted" >/run/writers/$n.count
`;

/** Starts this many writers on the host. */
export function startWriters(host: TestHost, count: number): Writers {
  host.sh("rm -rf /run/writers; mkdir /run/writers");
  const loops = `for n in $(seq ${count}); do sh -c '${writer.replaceAll("'", `'\\''`)}' writer $n & done; wait`;
  const [program, ...args] = host.argv("sh", "-c", loops);
  const ended = run(program, args);
  const allWriting = `until [ "$(ls /run/writers | grep -c writing)" = ${count} ]; do sleep 0.05; done`;
  const [shell, ...script] = host.argv("sh", "-c", allWriting);
  return {
    writing: run(shell, script).then(() => undefined),
    async stop() {
      host.sh("touch /run/writers/stop");
      await ended;
      return Array.from({ length: count }, (_, index) => {
        const writer = index + 1;
        const [added, deleted] = host.sh(`cat /run/writers/${writer}.count`).split(" ").map(Number);
        return { writer, added: added!, deleted: deleted!, failures: host.sh(`cat /run/writers/${writer}.failures`) };
      });
    },
  };
}

/** Removes what the writers left. */
export function clearWriters(host: TestHost): void {
  const tables = ["nat", "filter"].map((table) =>
    ["iptables", "ip6tables"].map((tool) => `${tool}-save -t ${table} | grep -v writer: | ${tool}-restore`),
  );
  host.sh(`rm -r /run/writers; ${tables.flat().join("; ")}`);
}
