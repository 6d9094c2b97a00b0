/**
 * Frames that stay on a bridge, on hosts where iptables sees them (br_netfilter) and drops forwarded packets, as with
 * Docker.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { useLegacyIptables } from "./iptables-backend.js";
import { hidePrograms } from "./programs.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
let bridge: TestResource;
beforeEach(async () => {
  host = await TestHost.start();
  bridge = new TestResource(host, "Bridge", "lan0");
  host.sh("sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1");
});
afterEach(() => host.stop());

const firewalls = ["iptables", "ip6tables"] as const;
const dropAll = () => host.sh(firewalls.map((program) => `${program} -P FORWARD DROP`).join("; "));
const chains = { iptables: "iptables FORWARD", ip6tables: "ip6tables FORWARD" };

/** Connects two containers to the bridge. */
const plug = (place = "") =>
  host.sh(
    ["a", "b"]
      .map(
        (name, index) => `
          ip netns add ${name}
          ip ${place} link add ${name}0 type veth peer name eth0 netns ${name}
          ip ${place} link set ${name}0 up master lan0
          ip -n ${name} address add 10.77.0.${index + 2}/24 dev eth0
          ip -n ${name} address add fd00:77::${index + 2}/64 dev eth0 nodad
          ip -n ${name} link set eth0 up`,
      )
      .join("\n"),
  );

const unplug = () =>
  host.sh("ip netns del a; ip netns del b; while ip link show a0 || ip link show b0; do :; done >/dev/null 2>&1");

/** Whether one container reaches the other, over IPv4 and over IPv6. */
const reached = () =>
  ["10.77.0.3", "fd00:77::3"].map((address) =>
    host.sh(`ip netns exec a ping -c 1 -W 1 ${address} || :`).includes(" 1 received"),
  );
const accepts = (program: string) =>
  host
    .sh(`${program}-save`)
    .split("\n")
    .filter((line) => line.includes("linuxnet:"));
const rule = (chain: string) => `-A ${chain} -i lan0 -o lan0 -m comment --comment "${bridge.mark}" -j ACCEPT`;

describe("a host that drops them", () => {
  test("lets them through, and nothing of that is left", async () => {
    dropAll();
    const before = host.dump();
    const state = await bridge.up({});
    expect(state).toMatchObject({ bridged: "accepted", acceptedIn: Object.values(chains) });
    plug();
    expect(reached()).toEqual([true, true]);
    expect(firewalls.map(accepts)).toEqual([[rule("FORWARD")], [rule("FORWARD")]]);
    expect(await bridge.refresh()).toEqual(state);
    unplug();
    await bridge.down();
    expect(host.dump()).toBe(before);
  });

  test("and would not without the rules: they are what lets them through", async () => {
    dropAll();
    await bridge.up({});
    plug();
    host.sh("iptables -F FORWARD");
    expect(reached()).toEqual([false, true]);
    expect(await bridge.refresh()).toMatchObject({ bridged: "dropped", acceptedIn: ["ip6tables FORWARD"] });
    expect(bridge.changes({})).toEqual(["bridged"]);
    await bridge.up({});
    expect(reached()).toEqual([true, true]);
    expect(bridge.changes({})).toEqual([]);
  });

  test("where Docker left a chain for others, they are there", async () => {
    dropAll();
    host.sh("iptables -N DOCKER-USER; iptables -A DOCKER-USER -j RETURN; iptables -A FORWARD -j DOCKER-USER");
    const before = host.dump();
    expect(await bridge.up({})).toMatchObject({ acceptedIn: ["iptables DOCKER-USER", "ip6tables FORWARD"] });
    expect(accepts("iptables")).toEqual([rule("DOCKER-USER")]);
    plug();
    expect(reached()).toEqual([true, true]);
    unplug();
    await bridge.down();
    expect(host.dump()).toBe(before);
  });

  test("in the backend that it has", async () => {
    useLegacyIptables(host);
    dropAll();
    const before = host.dump();
    await bridge.up({});
    expect(firewalls.map((program) => accepts(`${program}-legacy`))).toEqual([[rule("FORWARD")], [rule("FORWARD")]]);
    plug();
    expect(reached()).toEqual([true, true]);
    unplug();
    await bridge.down();
    expect(host.dump()).toBe(before);
  });

  test("in a namespace that drops them", async () => {
    host.sh("ip netns add box; ip netns exec box iptables -P FORWARD DROP");
    expect(await bridge.up({ namespace: "box" })).toMatchObject({ acceptedIn: ["iptables FORWARD"] });
    plug("-n box");
    expect(reached()).toEqual([true, true]);
    await bridge.down();
    expect(host.sh("ip netns exec box iptables -S")).not.toContain("linuxnet");
  });
});

describe("what changes later", () => {
  test("a host that begins to drop them shows in a refresh, and one update lets them through", async () => {
    await bridge.up({});
    plug();
    dropAll();
    expect(reached()).toEqual([false, false]);
    expect(await bridge.refresh()).toMatchObject({ bridged: "dropped" });
    await bridge.up({});
    expect(reached()).toEqual([true, true]);
  });

  test("rules that were altered or made twice by hand are one again", async () => {
    dropAll();
    const state = await bridge.up({});
    host.sh(`iptables -A FORWARD -i lan0 -o lan0 -m comment --comment "${bridge.mark}" -j ACCEPT`);
    host.sh(`ip6tables -R FORWARD 1 -i lan0 -m comment --comment "${bridge.mark}" -j ACCEPT`);
    expect(await bridge.refresh()).toMatchObject({ bridged: "dropped" });
    expect(await bridge.up({})).toEqual(state);
    expect(firewalls.map(accepts)).toEqual([[rule("FORWARD")], [rule("FORWARD")]]);
  });

  test("rules stay as they are where the host drops nothing any more, and go with the bridge", async () => {
    const before = host.dump();
    dropAll();
    await bridge.up({});
    host.sh("sysctl -qw net.bridge.bridge-nf-call-iptables=0");
    expect(await bridge.refresh()).toMatchObject({ bridged: "accepted", acceptedIn: Object.values(chains) });
    host.sh(firewalls.map((program) => `${program} -P FORWARD ACCEPT`).join("; "));
    expect(await bridge.refresh()).toMatchObject({ bridged: "accepted", acceptedIn: Object.values(chains) });
    await bridge.down();
    host.sh("sysctl -qw net.bridge.bridge-nf-call-iptables=1");
    expect(host.dump()).toBe(before);
  });

  test("a bridge that was deleted by hand leaves none once it is deleted here", async () => {
    dropAll();
    const before = host.dump();
    await bridge.up({});
    host.sh("ip link delete lan0");
    await bridge.down();
    expect(host.dump()).toBe(before);
  });
});

test("a host that drops nothing, or whose iptables sees no frames, has no rules for them", async () => {
  const state = await bridge.up({});
  expect(state).toMatchObject({ bridged: "accepted", acceptedIn: undefined });
  await bridge.down();
  dropAll();
  host.sh("sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0");
  await bridge.up({});
  plug();
  expect(reached()).toEqual([true, true]);
  expect(firewalls.map(accepts)).toEqual([[], []]);
});

test("a host without iptables needs none", async () => {
  hidePrograms(host, "*tables*", "nft");
  expect(await bridge.up({})).toMatchObject({ bridged: "accepted" });
  await bridge.down();
});
