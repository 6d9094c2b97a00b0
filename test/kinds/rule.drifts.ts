import { endProcessInside, processInside, protocol } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const selectors = "from 10.6.0.0/24 to 10.7.0.0/16 fwmark 0x1/0xff iif d0";
const own = `${selectors} priority 1000 table 77 suppress_prefixlength 0`;
/** Deletes our rule, and adds another one with the stack's number in its place. */
const replaced = (words: string, old = own) =>
  `ip rule del ${old}; ip rule add ${words} priority 1000 proto ${protocol}`;
/** A rule with other selectors is another rule: nothing shows that it was this one. */
const altered = (words: string) => {
  const other = `${words} priority 1000 table 77 suppress_prefixlength 0 proto ${protocol}`;
  return { by: `ip rule del ${own}; ip rule add ${other}`, shows: "gone", then: `ip rule del ${other}` } as const;
};
const device = "ip link add d0 address 02:00:00:00:06:01 type veth peer name d1 address 02:00:00:00:06:02";
const six = "from fd00:6::/64 priority 1000";

export const ruleDrifts: readonly Drift[] = [
  {
    around: device,
    wanted: {
      ...{ priority: 1000, from: "10.6.0.0/24", to: "10.7.0.0/16", fwmark: "0x1/0xff", iif: "d0" },
      ...{ table: 77, suppressPrefixLength: 0 },
    },
    damages: [
      { by: replaced(`${selectors} table 78 suppress_prefixlength 0`), shows: ["table"] },
      { by: replaced(`${selectors} table main suppress_prefixlength 0`), shows: ["table"] },
      { by: replaced(`${selectors} table 77 suppress_prefixlength 8`), shows: ["suppressPrefixLength"] },
      { by: replaced(`${selectors} table 77`), shows: ["suppressPrefixLength"] },
      { by: replaced(`${selectors} type blackhole`), shows: ["type", "table", "suppressPrefixLength"] },
      { by: `ip rule del ${own}`, shows: "gone" },
      {
        by: "ip rule flush",
        shows: "gone",
        then: "ip rule add table main priority 32766 proto kernel; ip rule add table default priority 32767 proto kernel",
      },
      // The interface is deleted, and recreated as another one.
      { by: "ip link del d0", shows: [], then: device },
      { by: `ip link del d0; ${device}`, shows: [] },
      altered(`not ${selectors}`),
      altered(selectors.replace("10.6.0.0/24", "10.6.1.0/24")),
      altered(selectors.replace(" to 10.7.0.0/16", "")),
      altered(selectors.replace("0x1/0xff", "0x1")),
      altered(selectors.replace("iif d0", "oif d0")),
      // A second rule with the stack's number.
      { by: `ip rule add ${selectors} priority 1000 table 78 proto ${protocol}`, shows: [] },
      // Recreated by hand.
      { by: `ip rule del ${own}; ip rule add ${own}`, shows: ["marked"], debris: `ip rule del ${own}` },
      // Somebody else's rule before ours.
      {
        by: `ip rule del ${own}; ip rule add ${selectors} priority 1000 table 79; ip rule add ${own} proto ${protocol}`,
        shows: ["marked", "table", "suppressPrefixLength"],
        refused: true,
        then: `ip rule del ${selectors} priority 1000 table 79`,
      },
      // Other rules, which are not in its place.
      { by: `ip rule add ${own} proto static`, shows: [], left: `ip rule del ${own} proto static` },
      {
        by: `ip rule add ${own.replace("1000", "999")}`,
        shows: [],
        left: `ip rule del ${own.replace("1000", "999")}`,
      },
      {
        by: `ip rule add ${selectors} ipproto tcp priority 1000 table 79`,
        shows: [],
        left: `ip rule del ${selectors} ipproto tcp priority 1000 table 79`,
      },
    ],
  },
  {
    title: "that looks nowhere, for all but some",
    wanted: { priority: 1000, fwmark: 7, not: true, type: "prohibit" },
    damages: [
      { by: replaced("not fwmark 7 type unreachable", "not fwmark 7 priority 1000 type prohibit"), shows: ["type"] },
      { by: replaced("not fwmark 7 table 77", "not fwmark 7 priority 1000 type prohibit"), shows: ["type", "table"] },
      { by: "ip rule del priority 1000", shows: "gone" },
    ],
  },
  {
    title: "for IPv6, in a namespace",
    around: "ip netns add box",
    wanted: { namespace: "box", priority: 1000, from: "fd00:6::/64", table: 77 },
    damages: [
      {
        by: `ip -n box -6 rule del priority 1000; ip -n box -6 rule add ${six} table 78 proto ${protocol}`,
        shows: ["table"],
      },
      { by: "ip -n box -6 rule del priority 1000", shows: "gone" },
      { by: `ip -n box rule add priority 1000 table 77`, shows: [], left: "ip -n box rule del priority 1000 || :" },
      { by: "ip netns del box", shows: "gone", then: "ip netns add box" },
      { by: "ip netns del box; ip netns add box", shows: "gone" },
      { by: `${processInside("box")}; ip netns del box`, shows: "gone", then: `${endProcessInside}; ip netns add box` },
    ],
  },
];
