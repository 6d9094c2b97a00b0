import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { check } from "../../provider/lifecycle/check.js";
import { type Context } from "../../provider/lifecycle/define-resource.js";
import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";
import { type State, type Task, ensure, observe, remove, unmet } from "../../provider/lifecycle/reconcile.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { createLocalTransport } from "../../provider/transport/local.js";
import type { Transport } from "../../provider/transport/transport.js";

/** A host of its own for a test: network, mount and process namespaces with an own /run, and no SSH. */
export class TestHost {
  readonly transport: Transport;
  private constructor(
    private readonly process: ChildProcess,
    private readonly pid: number,
  ) {
    this.transport = createLocalTransport(
      { kind: "local", name: "kernel", sudo: false },
      { shell: this.argv("/bin/sh") },
    );
  }

  static async start(): Promise<TestHost> {
    const script =
      "mount -t tmpfs run /run && mkdir /run/netns /run/lock && ip link set lo up && echo ready && exec sleep infinity";
    const child = spawn(
      "unshare",
      ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(child.stdout, "data");
    const pid = execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" });
    return new TestHost(child, Number(pid));
  }

  private argv(...argv: [string, ...string[]]): [string, ...string[]] {
    return ["nsenter", "-t", String(this.pid), "--net", "--mount", "--pid", "--", ...argv];
  }

  /** Runs a line for the shell on the host, past the provider; throws where it fails. */
  sh(line: string): string {
    const [program, ...args] = this.argv("sh", "-c", line);
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** All that the provider may change, without what changes by itself. */
  dump(): string {
    return this.sh(
      [
        "ls /run/netns",
        "for ns in '' $(ls /run/netns); do run=${ns:+ip netns exec $ns}",
        "$run ip -o address; $run ip -d link; { $run ip -4 route show table all; $run ip -6 route show table all; } | sort",
        // A table that was used once stays, empty.
        "$run iptables-save | grep '^-A' ; $run ip6tables-save | grep '^-A'",
        "$run sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/route_localnet'",
        "done; true",
      ].join("\n"),
    )
      .replaceAll(/^\d+: /gm, "")
      .replaceAll(/^.*\b(fe80:|ff00::\/8 ).*\n/gm, "")
      .replaceAll(/NO-CARRIER,|,LOWER_UP|state [A-Z]+|linkdown |tso_max_size \d+/g, "")
      .replaceAll(/valid_lft \S+|preferred_lft \S+|timer +[\d.]+/g, "");
  }

  async stop(): Promise<void> {
    await this.transport.close();
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}

/** A resource on a test host, driven as Pulumi drives it, without Pulumi. */
export class TestResource {
  state: State | undefined;
  constructor(
    private readonly host: TestHost,
    private readonly kind: string,
    readonly name: string,
    private readonly stack = "dev",
  ) {}

  get mark(): string {
    return markOf(this.kind, this.owner);
  }

  private get owner() {
    return { project: "shop", stack: this.stack, name: this.name };
  }

  get definition() {
    return catalogue.find(({ kind }) => kind === this.kind)!;
  }

  inputs(given: Record<string, unknown>): State {
    const { inputs, failures } = check(this.definition, { host: "kernel", ...given }, this.owner);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return inputs;
  }

  task(inputs: State): Task {
    const { owner, host, definition, state } = this;
    const context: Context = {
      owner,
      hostName: "kernel",
      mark: this.mark,
      marks: [this.mark],
      group: groupOf(owner),
      protocol: protocolOf(owner),
      recorded: state,
    };
    return {
      definition,
      inputs,
      context,
      transport: host.transport,
      subject: { kind: this.kind, name: this.name, host: "kernel" },
    };
  }

  /** Create, or update where it was made before. */
  async up(given: Record<string, unknown>): Promise<State> {
    const inputs = this.inputs(given);
    return (this.state = { host: "kernel", ...(await ensure(this.task(inputs))) });
  }

  /** The paths that differ between what the inputs ask for and the state. */
  changes(given: Record<string, unknown>): string[] {
    const inputs = this.inputs(given);
    return unmet(this.definition, inputs, this.task(inputs).context, this.state!).map(({ path }) => path);
  }

  /** Reads the host into the state; undefined: it is gone. */
  async refresh(): Promise<State | undefined> {
    const { state } = await observe(this.task(this.state!));
    return (this.state = state && { host: "kernel", ...state });
  }

  async down(): Promise<void> {
    await remove(this.task(this.state!));
    this.state = undefined;
  }
}
