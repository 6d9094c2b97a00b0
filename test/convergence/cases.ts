/** Stories that once failed, or would where something is missing; told before the random ones. */
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
} as const;
const tweak = (to: object) => ({ parts: {}, tweaks: [{ of: "cables" as const, at: 0, to }] });

export const cases: readonly [Story][] = [
  // A pair that is made anew takes a route along of which nothing has changed.
  [
    {
      first: {
        ...empty,
        boxes: [""],
        cables: [cable],
        routes: [{ cable: 0, v6: false, type: "unicast", byDevice: false, table: 77, mtu: 0 }],
      },
      turns: [{ damages: [], reboot: false, change: tweak({ peerName: 1 }) }],
      last: [],
    },
  ],
];
