/** The output of a simulated `ip -d -j`, as far as it is read anywhere. */
import type { Link, Route } from "./network-namespace.js";

/** An element of `ip -d -j address show`. */
export function linkReply(link: Link): Record<string, unknown> {
  const { index, name, kind, peer, alias, group, mac, mtu, up, master, hairpin, isolated, bridge } = link;
  return {
    ifindex: index,
    // A name means nothing in another namespace.
    ...(peer && (peer.namespace === link.namespace ? { link: peer.name } : { link_index: peer.index })),
    ifname: name,
    flags: [kind === "loopback" ? "LOOPBACK" : "BROADCAST", ...(up ? ["UP"] : [])],
    mtu,
    ...(master && { master: master.name }),
    group: group === 0 ? "default" : String(group),
    address: mac,
    ...(kind !== "loopback" && {
      linkinfo: {
        info_kind: kind,
        ...(bridge && {
          info_data: {
            forward_delay: bridge.forwardDelay,
            ageing_time: bridge.ageingTime,
            stp_state: bridge.stp ? 1 : 0,
          },
        }),
        ...(master && { info_slave_kind: "bridge", info_slave_data: { hairpin, isolated } }),
      },
    }),
    ...(alias !== undefined && { ifalias: alias }),
    addr_info: link.addresses.map(({ prefix, scope, secondary }) => ({
      family: prefix.family === 4 ? "inet" : "inet6",
      local: prefix.address,
      prefixlen: prefix.length,
      scope,
      ...(secondary && { secondary }),
    })),
  };
}

/** An element of `ip -N -d -j route show`. */
export function routeReply(route: Route): Record<string, unknown> {
  const { family, destination, type, via, link, source, metric, scope, protocol, mtu } = route;
  const whole = family === 4 ? 32 : 128;
  return {
    type: String(type),
    dst: destination.length === 0 ? "default" : destination.length === whole ? destination.address : destination.text,
    ...(via && { gateway: via.address }),
    ...(link && { dev: link.name }),
    protocol: String(protocol),
    scope: String(scope),
    ...(source && { prefsrc: source.address }),
    ...((metric !== 0 || family === 6) && { metric }),
    flags: [],
    ...(mtu !== undefined && { metrics: [{ mtu }] }),
  };
}
