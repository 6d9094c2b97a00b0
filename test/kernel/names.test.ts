/** Files under /etc/netns: who owns them, what programs see of them, and what a query for them costs. */
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { netnsFilesScript, writeFileScript } from "../../provider/commands/netns-files.js";
import { DynamicProvider } from "../../provider/dynamic.js";
import { removeOrphans } from "../../provider/lifecycle/orphan-removal.js";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { SharedObservations } from "../../provider/lifecycle/shared-observations.js";
import { observeForRefresh } from "../../provider/lifecycle/reconcile.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Batch, Transport } from "../../provider/transport/transport.js";
import { TestResource } from "../test-resource.js";
import { TestHost, namesOnDisk } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
});
afterEach(() => host.stop());

const box = (name = "box", on: { readonly transport: Transport } = host) => new TestResource(on, "Namespace", name);
const names = { dns: { servers: ["10.0.0.53"] }, hosts: { web: "10.0.0.2" }, hostname: "box" };

const stack = { project: "shop", stack: "dev" };

/** A host that records what it is asked. */
function watched() {
  const batches: Batch[] = [];
  const transport: Transport = {
    run: (batch) => {
      batches.push(batch);
      return host.transport.run(batch);
    },
    close: () => Promise.resolve(),
  };
  const looks = () => batches.flatMap(({ commands }) => commands).filter(({ argv }) => argv[2] === netnsFilesScript);
  return { transport, batches, looks };
}

test("somebody else's file is refused, adopted with adopt, and put back as it was", async () => {
  host.sh("mkdir -p /etc/netns/box; cd /etc/netns/box; printf '10.0.0.9 web\n\nno end' >hosts; chmod 640 hosts");
  host.sh("cd /etc/netns/box; echo theirs >hostname; echo 'hosts: files' >nsswitch.conf");
  const before = host.dump();
  await expect(box().up({ hosts: names.hosts })).rejects.toThrow(
    'Namespace "box" on kernel: hosts {"web":"10.0.0.2"} is to be in /etc/netns/box/hosts, where there is a file that this stack did not create\n' +
      "  → Take it away on the host: mv /etc/netns/box/hosts /root/\n  → Or take it over with `adopt: true`.",
  );
  const many = Object.fromEntries([...Array(500).keys()].map((number) => [`n${number}`, "10.0.0.2"]));
  await expect(box().up({ hosts: many })).rejects.toThrow(/^[^→]{100,300}… is to be in \/etc\/netns/);
  expect(host.dump()).toBe(before);

  const adopted = box();
  const wanted = { hosts: names.hosts, dns: names.dns, adopt: true };
  const state = await adopted.up(wanted);
  expect(state.filesFound).toEqual({ hosts: { text: "10.0.0.9 web\n\nno end", mode: "640" } });
  expect(host.sh("ip netns exec box getent hosts web; cat /etc/netns/box/hostname")).toMatch(
    /^10\.0\.0\.2 .*\ntheirs$/,
  );
  // The record of the original file survives a refresh, an update, and the loss of the file.
  host.sh("rm /etc/netns/box/hosts");
  await adopted.refresh();
  expect(adopted.changes({ hosts: names.hosts, dns: names.dns })).toEqual(["hosts"]);
  await adopted.up({ ...wanted, hosts: {} });
  expect(adopted.state).toMatchObject({ filesFound: state.filesFound, hosts: {} });
  // A file that replaces ours is drift. It is not recorded as the original file.
  host.sh("echo '1.2.3.4 mine' >/etc/netns/box/hosts");
  await adopted.refresh();
  await adopted.refresh();
  await adopted.up(wanted);
  expect(adopted.state).toMatchObject({ filesFound: state.filesFound, hosts: names.hosts });
  await adopted.down();
  expect(host.dump()).toBe(before);

  // Omitting the property also restores the original file.
  await adopted.up(wanted);
  expect(await adopted.up({})).not.toHaveProperty("filesFound");
  expect(host.sh("cat /etc/netns/box/hosts; stat -c %a /etc/netns/box/hosts")).toBe("10.0.0.9 web\n\nno end640");
});

test("what was found is known to the host too: to a stack without its state, and where an orphan is removed", async () => {
  const before = host.dump();
  host.sh("mkdir -p /etc/netns/box; cd /etc/netns/box; printf '10.0.0.9 web\n\nno end' >hosts; chmod 640 hosts");
  host.sh("cd /etc/netns/box; echo theirs >hostname; seq -f '# %g' 13000 | head -c 65536 >resolv.conf");
  const found = host.sh(namesOnDisk);
  const wanted = { ...names, adopt: true };
  const { filesFound } = await box().up(wanted);
  const later = box();
  expect(await later.up(wanted)).toMatchObject({ filesFound, nameFiles: "whole" });
  expect(Object.keys(filesFound as object)).toEqual(["dns", "hosts", "hostname"]);
  // The comments are not part of the properties.
  expect(later.changes(names)).toEqual([]);
  await later.down();
  expect(host.sh(namesOnDisk)).toBe(found);

  await box().up(wanted);
  const orphans = findOrphans(await survey(host.transport, stack, catalogue), stack, [], []);
  await removeOrphans(host.transport, orphans);
  expect(host.sh(namesOnDisk)).toBe(found);
  host.sh("rm -r /etc/netns");
  expect(host.dump()).toBe(before);
});

test.each([
  ["a text of more than 64 KiB", "head -c 65537 /dev/zero | tr '\\0' x >hosts", "a file"],
  ["what is no text", "printf '\\0' >hosts", "a file"],
  ["a link", "ln -s ../../hosts hosts", "a link or a folder"],
])("%s can't be put back, and is not adopted", async (_, line, what) => {
  host.sh(`mkdir -p /etc/netns/box; cd /etc/netns/box; ${line}`);
  const before = host.sh("stat -c '%i %s' /etc/netns/box/hosts");
  await expect(box().up({ hosts: {}, adopt: true })).rejects.toThrow(
    `where there is ${what} that this stack did not create; nothing was changed for this resource\n  → Take it away on the host: mv /etc/netns/box/hosts /root/\n  → It can't be adopted`,
  );
  expect(host.sh("stat -c '%i %s' /etc/netns/box/hosts; ls /run/netns")).toBe(before);
});

test("made in one round trip; many are looked at together; without names nothing is asked of files", async () => {
  const { transport, batches, looks } = watched();
  const named = [...Array(12).keys()].map((number) => box(`box${number}`, { transport }));
  for (const one of named) await one.up(names);
  expect(batches).toHaveLength(named.length);

  batches.length = 0;
  const shared = new SharedObservations(transport);
  const seen = await Promise.all(
    named.map((one) => observeForRefresh({ ...one.task(one.state!), sharedObservations: shared })),
  );
  expect(seen.map(({ state }) => state)).toEqual(named.map(({ state: { host: _host, ...state } = {} }) => state));
  // The first four run their own queries; the fifth one's query covers all namespaces.
  expect(looks().map(({ argv }) => argv.length)).toEqual([5, 5, 5, 5, 4].sort());

  batches.length = 0;
  const plain = box("plain", { transport });
  await plain.up({});
  await plain.refresh();
  await plain.up({ sysctls: { "net.ipv4.ip_forward": 1 } });
  await plain.down();
  expect(looks()).toEqual([]);
  for (const one of named) await one.down();
  expect(host.sh(namesOnDisk)).toBe("");
});

test("a host without one of the files in /etc: the user is told, and all else is there", async () => {
  host.sh("rm /etc/hostname");
  const resource = box();
  await resource.up(names);
  const [warning] = resource.warnings;
  expect(warning).toBe(
    'it has no /etc/hostname, in whose place ip netns exec could show a namespace\'s own: each ip netns exec there will say "Bind … failed" and go on without; make it with touch /etc/hostname',
  );
  const { stdout, stderr } = spawnSync(...splitOff(host.argv("ip", "netns", "exec", "box", "getent", "hosts", "web")));
  expect(stdout.toString()).toMatch(/^10\.0\.0\.2 +web\n$/);
  expect(stderr.toString()).toBe("Bind /etc/netns/box/hostname -> /etc/hostname failed: No such file or directory\n");
  host.sh("touch /etc/hostname");
  expect(host.sh("ip netns exec box head -n 1 /etc/hostname")).toBe("box");
  resource.warnings.length = 0;
  await resource.up(names);
  expect(resource.warnings).toEqual([]);
});

const splitOff = ([program, ...args]: [string, ...string[]]) => [program, args] as const;

test("a program that runs already keeps what it was started with; the next one has the new", async () => {
  const resource = box();
  await resource.up(names);
  host.sh(
    "mkfifo /run/go; ip netns exec box sh -c ': >/run/waits; read -r go </run/go; getent hosts web >/run/said' >/dev/null 2>&1 &",
  );
  host.sh("until [ -e /run/waits ]; do :; done");
  await resource.up({ ...names, hosts: { web: "10.0.0.7" } });
  host.sh("echo go >/run/go; until [ -s /run/said ]; do :; done");
  expect(host.sh("cat /run/said; ip netns exec box getent hosts web")).toMatch(/^10\.0\.0\.2 +web\n10\.0\.0\.7 +web$/);
});

test("a write that is killed leaves nothing that ip netns exec stumbles over, and the next up takes it along", async () => {
  const resource = box();
  await resource.up({ hostname: "box" });
  const { group } = resource.task({}).context;
  const before = host.sh(namesOnDisk);
  host.sh(
    `mkfifo /run/slow; (sleep 1; :) >/run/slow & sh -c '${writeFileScript.replaceAll("'", "'\\''")}' sh box hosts ${group} 644 own ${resource.mark} </run/slow & until [ -e /etc/.netns.box.hosts.${group} ]; do :; done; kill -9 $!`,
  );
  expect(host.sh("ip netns exec box cat /etc/hosts 2>&1")).toBe(host.sh("cat /etc/hosts"));
  await resource.up({ hostname: "box", hosts: {} });
  await resource.up({ hostname: "box" });
  expect(host.sh(namesOnDisk)).toBe(before);
  await resource.down();
  expect(host.sh(namesOnDisk)).toBe("");
});

test("under a new name in Pulumi the files get its mark", async () => {
  const given = { kind: "Namespace", host: { local: true }, name: "box", ...names };
  /** Each name in a run of its own. */
  const run = async (name: string) => {
    const provider = new DynamicProvider({ transport: () => host.transport });
    const { inputs } = await provider.check({}, { ...given, owner: { project: "shop", stack: "dev", name } });
    return { provider, inputs: inputs as never };
  };
  const first = await run("old");
  const { id, outs } = await first.provider.create(first.inputs);
  const second = await run("new");
  const renamed = await second.provider.update(id, outs as never, second.inputs);
  const marks = host.sh("cat /etc/netns/box/*").match(/linuxnet:\S+/g);
  expect(marks).toEqual(Array(3).fill("linuxnet:shop/dev/Namespace/new"));
  await second.provider.delete(id, renamed.outs as never);
  expect(host.sh(namesOnDisk)).toBe("");
});
