/** For each piece of advice, where a test follows it for real; or why none can. */
export type AdviceCase = { readonly test: readonly [file: string, text: string] } | { readonly why: string };

const kernel = (text: string): AdviceCase => ({ test: ["test/kernel/advice.test.ts", text] });
const seen = (file: string, text: string): AdviceCase => ({ test: [file, text] });
const why = (why: string): AdviceCase => ({ why });

/** By how the advice begins in the source, with `…` for what is put in. */
export const adviceCases: Readonly<Record<string, AdviceCase>> = {
  "Choose another name, or remove it on the host: … link delete": kernel("remove it on the host: ip link delete br0"),
  "Choose another name.": why("it is about hardware, which no test host has; test/unit/parse.test.ts reads such links"),
  "Choose another name, or remove it on the host: ip netns del": kernel("remove it on the host: ip netns del box"),
  "Choose another name, or take that one away on the host: ip netns del": kernel("take that one away on the host"),
  "One resource can attach it at a time": kernel("One resource can attach it at a time"),
  "Leave out the gateway, or remove that route": kernel("Leave out the gateway, or remove that route on the host"),
  "Give the new one another metric or table": kernel("Give the new one another metric or table"),
  "Give the new one another priority": kernel("Give the new one another priority"),
  "Two stacks can share a setting": kernel("Two stacks can share a setting at one value only"),
  "Take another network, or say `allowOverlap: true`": kernel("Take another network, or say `allowOverlap: true`"),
  "Take it away on the host: mv": kernel("Take it away on the host: mv"),
  "Another interface on the same parent": kernel("give one of them another `mac`"),
  "A program on the host has the UDP port": seen("test/kernel/conflicts.test.ts", "whose UDP port a program has"),
  "Make it first, and pass its `name` output": kernel("Make it first, and pass its `name` output"),
  "Make the address first": kernel("Make the address first"),
  "Give … or less, or leave it out.": kernel("Give 1450 or less, or leave it out"),
  "Choose another one; or, where the host is to be reached by another way": seen(
    "test/engine/lockout.test.ts",
    "allowLockout",
  ),
  "The network namespace does not exist": kernel("The network namespace does not exist"),
  "The device does not exist there": kernel("The device does not exist there"),
  "Each `id` is there once": kernel("take another `id` or `port`, or remove that interface"),
  "Something with this name or key is there already": why("it says where to look; what is there is anybody's"),
  "The mtu can't be above that of the interface": kernel("the mtu can't be above the parent's"),
  "The kernel does not say why. The parent": kernel("the mtu can't be above the parent's"),
  "Stop what holds it, or take another `listenPort`": seen(
    "test/kernel/conflicts.test.ts",
    "it is named, nothing is touched, and with adopt the forward has it",
  ),
  "Start it on the host, and run `pulumi up` again": seen("test/kernel/attach.test.ts", "one is stopped"),
  "Start it on the host before `pulumi up`": kernel("Start it on the host before `pulumi up`"),
  "Name a file such as /proc/PID/ns/net": kernel("Name a file such as"),
  "That one needs no name": kernel("That one needs no name"),
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
  "The gateway is in no network": kernel("make the interface first"),
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
