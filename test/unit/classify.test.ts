import { expect, test } from "vitest";
import { classify } from "../../provider/commands/failure.js";
import { failures } from "./classify-cases.js";
import { type Reply, readRecordings } from "./recording.js";

const recordings = readRecordings<Reply>("failures");

test.each([...failures])("$title is $kind", ({ title, argv, kind }) => {
  const { exitCode, stdout, stderr, argv: recordedArgv } = recordings[title]!;
  expect(recordedArgv, "recorded for another command: run npm run record").toEqual(argv);
  expect(exitCode).not.toBe(0);
  expect(classify({ ran: true, exitCode, stdout, stderr }, argv).kind, `${exitCode}: ${stderr}`).toBe(kind);
});

test.each([
  ["a program that is missing", /The program iptables-of-no-host is missing/],
  ["a program that is missing, in a namespace", /The program iptables-of-no-host is missing/],
  ["a program that is missing, in a script", /The program iptables-of-no-host is missing/],
  ["without the right to change the network", /needs root: log in as root, or set `sudo: true`/],
  ["a bridge to join that is not there", /pass its `name` output/],
  ["an IPv6 gateway that nothing leads to", /The gateway is in no network/],
  ["a macvlan on a parent that is not there", /pass its `name` output/],
  ["a macvlan with more than its parent's MTU", /The parent p0 has to be .*the mtu can't be above the parent's/],
  ["more than its parent's MTU for a macvlan that is there", /^The mtu can't be above/],
  ["a macvlan on a bridge's port", /The parent p0 has to be an Ethernet interface, no bridge's port/],
  ["a vxlan of a network that is taken", /Each `id` is there once for each `port` of a host/],
  ["a kind of link that this kernel lacks", /kernel has no wireguard interfaces: .*`modprobe wireguard`/],
])("%s comes with advice", (title, advice) => {
  const { argv, exitCode, stdout, stderr } = recordings[title]!;
  expect(classify({ ran: true, exitCode, stdout, stderr }, argv).advice).toMatch(advice);
});

test("a program of a known package is named with it", () => {
  const result = { ran: true, exitCode: 127, stdout: "", stderr: "sh: 1: iptables-restore: not found" };
  expect(classify(result).advice).toMatch(/install the package iptables \(1\.8\.4 or newer\)\./);
});

test("a lock that another program holds is no proof of anything", () => {
  const stderr =
    "Another app is currently holding the xtables lock; still 9s 0us time ahead to have a chance to grab the lock...";
  expect(classify({ ran: true, exitCode: 4, stdout: "", stderr }).kind).toBe("locked");
});

test("a reply that is not the expected one is a change by somebody else", () => {
  expect(classify({ ran: true, exitCode: 0, stdout: "", stderr: "" }).kind).toBe("changed-meanwhile");
});
