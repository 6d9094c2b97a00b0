/** Scenarios that once failed, or that would fail if something were missing. */
import type { Story } from "./converges.js";

const cable = {
  place: 0,
  bridge: 2,
  name: 0,
  peerName: 0,
  v4: 1,
  v6: false,
  gateway: false,
  up: true,
  mtu: 1500,
  hairpin: false,
};
const empty = {
  boxes: [],
  bridges: [],
  cables: [],
  routes: [],
  masquerades: [],
  forwards: [],
  forwarding: "",
  others: {},
} as const;
const nothing = { parts: {}, tweaks: [] };
const tweak = (to: object) => ({ parts: {}, tweaks: [{ of: "cables" as const, at: 0, to }] });

export const cases: readonly { readonly name: string; readonly story: Story }[] = [
  {
    name: "a pair that is made anew takes a route along, along which nothing has changed",
    story: {
      first: {
        ...empty,
        boxes: [""],
        cables: [cable],
        routes: [{ cable: 0, v6: false, type: "unicast", byDevice: false, table: 77, mtu: 0 }],
      },
      turns: [{ damages: [], reboot: false, change: tweak({ peerName: 1 }) }],
      last: [],
    },
  },
  {
    name: "a namespace is deleted by hand with a process inside, and its pair lives on",
    story: {
      first: { ...empty, boxes: [""], cables: [cable] },
      turns: [{ damages: [{ at: 0, how: 1 }], reboot: false, change: nothing }],
      last: [],
    },
  },
  {
    name: "a namespace is deleted by hand with a process inside, and a destroy looks at nothing before",
    story: {
      first: { ...empty, boxes: [""], cables: [cable] },
      turns: [{ damages: [], reboot: false, change: nothing }],
      last: [{ at: 0, how: 1 }],
    },
  },
  {
    name: "a pair is made anew because its other end is lost, and its gateway is given up",
    story: {
      first: {
        ...empty,
        boxes: [""],
        bridges: [{ place: 1, name: 0, v4: 1, v6: false, up: true, stp: false, ageingTime: 300 }],
        cables: [{ ...cable, bridge: 0, gateway: true }],
      },
      turns: [{ damages: [{ at: 2, how: 9 }], reboot: false, change: tweak({ gateway: false }) }],
      last: [],
    },
  },
  {
    name: "a bridge outlives the forward that switched on its route_localnet",
    story: {
      first: {
        ...empty,
        bridges: [{ place: 0, name: 0, v4: 1, v6: false, up: true, stp: false, ageingTime: 300 }],
        forwards: [{ v6: false, protocol: "tcp", port: 8000, target: 0, bridge: true, localhost: true }],
      },
      turns: [{ damages: [], reboot: false, change: { parts: { forwards: [] }, tweaks: [] } }],
      last: [],
    },
  },
];
