import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { target } from "../../provider/commands/attachment.js";
import type { Attachment } from "../../provider/schema/attachment.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { givePodman, startContainer } from "./podman.js";
import { restorePrograms, hidePrograms } from "./programs.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterEach(() =>
  host.sh(`${clearHost}; for pid in $(cat /run/started 2>/dev/null); do kill $pid; done; rm -f /run/started`),
);
afterAll(() => host.stop());

/** Starts a process with its own network, which already has an interface; returns its process ID. */
const startProcess = () =>
  Number(
    host.sh(`unshare -n sh -c 'ip link set lo up; ip link add own type bridge; exec sleep 1000' >/dev/null 2>&1 &
      echo $! | tee -a /run/started
      until nsenter -t $! --net ip link show own 2>/dev/null; do :; done >/dev/null`),
  );
/** Everything in a process's network. */
const networkOf = (pid: number) =>
  host
    .sh(`nsenter -t ${pid} --net sh -c 'ip -d address; ip route show table all'`)
    .replaceAll(/ qdisc \S+|gc_timer +\S+|valid_lft.*/g, "");
const mounts = () => host.sh("grep -c nsfs /proc/self/mountinfo || :");

const eth0 = {
  namespace: "con1",
  name: "eth0",
  addresses: ["10.5.0.2/24"],
  gateway: "10.5.0.1",
  peer: { name: "port0", addresses: ["10.5.0.1/24"] },
};

describe("a process", () => {
  test("gets an interface, and is left as it was", async () => {
    const pid = startProcess();
    const [before, theirs, mounted] = [host.dump(), networkOf(pid), mounts()];
    const namespace = new TestResource(host, "Namespace", "con1");
    const veth = new TestResource(host, "Veth", "eth0");
    const state = await namespace.up({ attach: { pid } });
    expect(state).toMatchObject({ path: "/run/netns/con1", attachedTo: `process ${pid}`, loopback: "up" });
    expect(`net:[${String(state.inode)}]`).toBe(host.sh(`readlink /proc/${pid}/ns/net`));
    await veth.up(eth0);
    expect(host.sh(`nsenter -t ${pid} --net ping -c 1 -W 1 10.5.0.1`)).toContain(" 1 received");
    expect(await namespace.refresh()).toEqual(state);

    await veth.down();
    await namespace.down();
    expect(networkOf(pid)).toBe(theirs);
    expect(host.dump()).toBe(before);
    expect(mounts()).toBe(mounted);
  });

  test("that is deleted before what is in it takes the stack's links along, and no others", async () => {
    const pid = startProcess();
    const theirs = networkOf(pid);
    const namespace = new TestResource(host, "Namespace", "con1");
    await namespace.up({ attach: { pid } });
    await new TestResource(host, "Veth", "eth0").up(eth0);
    await namespace.down();
    expect(networkOf(pid)).toBe(theirs);
  });

  test("whose name was taken away by hand is found by itself, and left as it was", async () => {
    const pid = startProcess();
    const theirs = networkOf(pid);
    const namespace = new TestResource(host, "Namespace", "con1");
    const { inode } = await namespace.up({ attach: { pid } });
    const made = namespace.state;
    host.sh("ip netns del con1");
    expect(await namespace.refresh()).toBeUndefined();
    expect(await namespace.up({ attach: { pid } })).toMatchObject({ inode });

    await new TestResource(host, "Veth", "eth0").up(eth0);
    host.sh("ip netns del con1");
    namespace.state = made;
    await namespace.down();
    expect(networkOf(pid)).toBe(theirs);
  });

  test("that was marked by a run which was killed then is taken over", async () => {
    const pid = startProcess();
    const namespace = new TestResource(host, "Namespace", "con1");
    host.sh(`nsenter -t ${pid} --net ip link set lo alias ${namespace.mark}`);
    await namespace.up({ attach: { pid } });
    expect(namespace.changes({ attach: { pid } })).toEqual([]);
  });

  test("is not attached twice", async () => {
    const pid = startProcess();
    await new TestResource(host, "Namespace", "con1").up({ attach: { pid } });
    const before = [host.dump(), networkOf(pid)];
    await expect(new TestResource(host, "Namespace", "con2", "prod").up({ attach: { pid } })).rejects.toThrow(
      "attach.pid " +
        String(pid) +
        ' is taken already: its lo has the alias "linuxnet:shop/dev/Namespace/con1"; nothing was changed for this resource',
    );
    expect([host.dump(), networkOf(pid)]).toEqual(before);
  });
});

describe("what can't be attached is refused, with what to do, and nothing is touched", () => {
  const hostsOwn = "leads to the host's own network namespace";
  test.each<[Attachment, around: string, message: string, advice: RegExp]>([
    [{ pid: 4_194_304 }, "", "attach.pid: there is no process 4194304", /^Start it/],
    [{ pid: 1 }, "", `attach.pid: process 1 ${hostsOwn}`, /leave out `namespace`/],
    [{ path: "/proc/self/ns/net" }, "", `attach.path: /proc/self/ns/net ${hostsOwn}`, /leave out `namespace`/],
    [{ path: "/run/no" }, "", "attach.path: there is no file /run/no", /correct `attach`/],
    [
      { path: "/run/plain" },
      "touch /run/plain",
      "attach.path: /run/plain is no network namespace",
      /\/proc\/PID\/ns\/net/,
    ],
    [{ path: "/proc/self/ns/mnt" }, "", "attach.path: /proc/self/ns/mnt is no network namespace", /\/proc\/PID/],
    [{ path: "/run" }, "", "attach.path: there is no file /run", /correct `attach`/],
    [{ docker: "c1" }, "", "attach.docker: Cannot connect to the Docker daemon", /^Ask it on the host/],
  ])("%j", async (attach, around, message, advice) => {
    host.sh(around);
    const before = host.dump();
    const error = (await new TestResource(host, "Namespace", "con1")
      .up({ attach })
      .catch((error: unknown) => error)) as Error;
    expect(error.message.split("\n")[0]).toContain(`Namespace "con1" on kernel: ${message}`);
    expect(error.message.split("\n").at(-1)!.replace("  → ", "")).toMatch(advice);
    expect(host.dump()).toBe(before);
  });

  test("a program that is missing", async () => {
    hidePrograms(host, "podman");
    const refused = new TestResource(host, "Namespace", "con1").up({ attach: { podman: "c1" } });
    await expect(refused).rejects.toThrow(
      /attach\.podman: the program podman is missing\n.*Install it on the host, or attach by `pid` or `path`/,
    );
    // By path it is attached without the program.
    host.sh("ip netns add inner");
    const byPath = new TestResource(host, "Namespace", "con1");
    await byPath.up({ attach: { path: "/run/netns/inner" } });
    await byPath.down();
    host.sh("ip netns del inner");
    restorePrograms(host);
  });
});

describe.sequential("containers of Podman", () => {
  const attach = { podman: "c1" };
  let namespace: TestResource;
  let id: string;
  beforeAll(() => {
    givePodman(host);
    id = startContainer(host, "c1");
    namespace = new TestResource(host, "Namespace", "con1");
  });
  afterAll(() => host.sh("podman rm --force --time 0 --all"));

  test("one begins anew: a refresh shows it, and an up attaches the new network", async () => {
    const { inode } = await namespace.up({ attach });
    host.sh("podman restart c1");
    expect(await namespace.refresh()).toMatchObject({
      inode,
      attachedTo: "a former network namespace: container c1 has another one",
    });
    expect((await namespace.up({ attach })).inode).not.toBe(inode);
    expect(namespace.changes({ attach })).toEqual([]);
    await namespace.down();
  });

  test("one is stopped: a refresh says so, an up says what to do, and it can be taken away", async () => {
    const before = host.dump();
    await namespace.up({ attach });
    host.sh("podman stop c1");
    expect(await namespace.refresh()).toMatchObject({
      attachedTo: "a former network namespace: container c1 is not running",
    });
    await expect(namespace.up({ attach })).rejects.toThrow(
      'Namespace "con1" on kernel: attach.podman: container c1 is not running\n  → Start it on the host, and run `pulumi up` again: podman start c1',
    );
    await namespace.down();
    expect(host.dump()).toBe(before);
    host.sh("podman start c1");
  });

  test("one is known by its id, and not by what its id begins with", async () => {
    await namespace.up({ attach: { podman: id.slice(0, 12) } });
    await namespace.down();
    await expect(namespace.up({ attach: { podman: id.slice(0, 4) } })).rejects.toThrow(
      `attach.podman: there is no container ${id.slice(0, 4)}`,
    );
    await expect(namespace.up({ attach: { podman: "c9" } })).rejects.toThrow("attach.podman: there is no container c9");
  });

  test("one has the host's network", async () => {
    startContainer(host, "c2", "host");
    const refused = namespace.up({ attach: { podman: "c2" } });
    await expect(refused).rejects.toThrow("attach.podman: container c2 leads to the host's own network namespace");
  });

  test("a look at all of them says what a look at each does", async () => {
    await namespace.up({ attach });
    for (const value of ["c1", id, "c2", "c9"]) {
      const fact = target({ podman: value }, "con1");
      const [own, all] = await host.transport.run({
        commands: [fact.command, fact.shared!.command({ namespaces: [], group: 0 })].map((command) => ({
          ...command,
          always: true,
        })),
      });
      const { links, problem, ...seen } = fact.parse(own!);
      const isOrdinary = links !== undefined && problem === undefined;
      expect(fact.shared!.answer(all!), value).toEqual(isOrdinary ? seen : undefined);
    }
    await namespace.down();
  });
});
