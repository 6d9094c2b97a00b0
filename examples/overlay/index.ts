// One network of containers on three hosts: on each a bridge, and between the bridges a VXLAN, which carries their frames in
// UDP packets from host to host. The hosts need nothing but to reach each other.
//
// They are in the inventory, the stack configuration `linuxnet:hosts`.

import { Config } from "@pulumi/pulumi";
import { Namespace, Overlay } from "pulumi-linuxnet";

const hosts = (new Config().get("on") ?? "host1 host2 host3").split(" ");

// The hosts send to each other by the addresses that Pulumi reaches them by.
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

// docker network create -d overlay: a bridge `lan` and a VXLAN interface `lan-vx` on each of them.
const lan = new Overlay("lan", {
  hosts: Object.fromEntries(hosts.map((host) => [host, inventory[host]?.address ?? ""])),
  subnet: ["10.99.0.0/24", "fd00:99::/64"],
  id: 42,
});

// A container on each host. They see each other as if all of them were at one bridge.
for (const host of hosts) {
  const number = host.replace("host", "");
  const web = new Namespace(`${host}-web`, { host, name: "web" });
  lan.attach(web, { host, container: "web", address: [`10.99.0.${number}`, `fd00:99::${number}`] });
}

/** Bytes that a container's packet may have. */
export const { mtu } = lan;
