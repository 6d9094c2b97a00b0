import { type AdviceCase, type AdviceCases, followed, seen } from "../kinds/advice-case.js";
import { kindCases } from "../kinds/index.js";

const why = (why: string): AdviceCase => ({ why });

/** Advice that several kinds share, or that belongs to none. */
const common: AdviceCases = {
  "Choose another name, or remove it on the host: … link delete": followed("remove it on the host: ip link delete br0"),
  "Choose another name.": why("it is about hardware, which no test host has; test/unit/parse.test.ts reads such links"),
  "Choose another name, or remove it on the host: ip netns del": followed("remove it on the host: ip netns del box"),
  "Choose another name, or take that one away on the host: ip netns del": followed("take that one away on the host"),
  "One resource can attach it at a time": followed("One resource can attach it at a time"),
  "Leave out the gateway, or remove that route": followed("Leave out the gateway, or remove that route on the host"),
  "Take it away on the host: mv": followed("Take it away on the host: mv"),
  "Give … or less, or leave it out.": followed("Give 1450 or less, or leave it out"),
  "Choose another one; or, where the host is to be reached by another way": seen(
    "test/engine/lockout.test.ts",
    "allowLockout",
  ),
  "The network namespace does not exist": followed("The network namespace does not exist"),
  "The device does not exist there": followed("The device does not exist there"),
  "Each `id` is there once": followed("take another `id` or `port`, or remove that interface"),
  "Something with this name or key is there already": why("it says where to look; what is there is anybody's"),
  "The mtu can't be above that of the interface": followed("the mtu can't be above the parent's"),
  "The kernel does not say why. The parent": followed("the mtu can't be above the parent's"),
  "Stop what holds it, or take another `listenPort`": seen(
    "test/kernel/conflicts.test.ts",
    "it is named, nothing is touched, and with adopt the forward has it",
  ),
  "Start it on the host, and run `pulumi up` again": seen("test/kernel/attach.test.ts", "one is stopped"),
  "Start it on the host before `pulumi up`": followed("Start it on the host before `pulumi up`"),
  "Name a file such as /proc/PID/ns/net": followed("Name a file such as"),
  "That one needs no name": followed("That one needs no name"),
  "Install it on the host, or attach by `pid` or `path`": seen(
    "test/kernel/attach.test.ts",
    "By path it is attached without the program",
  ),
  "Ask it on the host": why("it is a question to Docker or Podman about a failure that nobody foresaw"),
  "Install the package iproute2 on the host": seen("test/kernel/old-tools.test.ts", "once it was installed"),
  "Update the host's kernel": seen("test/kernel/old-tools.test.ts", "Once it was updated, it is made"),
  "Update the package iproute2": seen("test/kernel/old-tools.test.ts", "Once it was updated, it is made"),
  "Update the package iptables": seen("test/kernel/old-tools.test.ts", "Once it was updated, it is made"),
  "Update the package nftables": seen("test/kernel/old-tools.test.ts", "Once it was updated, it is made"),
  "Changing the network needs root": why(
    "test/kernel/unfit-host.test.ts has the message; the sudoers line is that of the hosts with sudo in test/kernel/transport-sshd.ts",
  ),
  "The gateway is in no network": followed("make the interface first"),
  "Another program held the iptables lock": seen(
    "test/kernel/xtables-lock.test.ts",
    "a lock that stays held is an error",
  ),
  "The host's `ip` has no JSON output": seen("test/kernel/old-tools.test.ts", "once it was installed"),
  "The host's kernel has no … interfaces": why(
    "its modules are not on this machine; those of docs/machines.md have them",
  ),
  "The host's kernel lacks the tables of iptables-legacy": why("likewise"),
  "The host's kernel (or its tools) lacks this feature": why("it names nothing to run"),
  "Something else changed it at the same moment": seen("test/kernel/concurrency.test.ts", "test("),
  "The program … is missing on the host: install": seen("test/kernel/old-tools.test.ts", "once it was installed"),
  "Install the package …": seen("test/kernel/old-tools.test.ts", "once it was installed"),
  "What was made of it is in the state": seen("test/engine/lockout.test.ts", "--refresh"),
  "Run `pulumi up` again; what was made so far": seen("test/unit/reconcile.test.ts", "tries"),
  "Look at it on the host: something makes it anew": why("something else does, and only its owner can stop that"),
  "Ask for what its kernel supports": why("which that is, the details of the message say"),
  "Is the namespace … there?": seen("test/unit/reconcile.test.ts", "Is the namespace box there"),
  'That is … "…" of this same stack.': seen("test/engine/resource-options.test.ts", "a renamed resource with an alias"),
  "The state is kept. Where the host is gone": seen("test/engine/failures.test.ts", "with deleteUnreachable the state"),
  "Correct the host's address. Or, where": seen("test/engine/machine-identity.test.ts", "by choice it goes on"),
  "Two names of the inventory are this one machine": seen("test/engine/machine-identity.test.ts", "under two names"),
  "a namespace has one: leave the gateway of one of the two out": why(
    "an error of the preview, which test/unit/dynamic.test.ts has; either way out is another program",
  ),
};

/** All advice, including what is in the kinds' cases. */
export const adviceCases: AdviceCases = Object.fromEntries(
  [common, ...kindCases.map(({ advice = {} }) => advice)].flatMap((cases) => Object.entries(cases)),
);
