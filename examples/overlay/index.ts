// One container network on three hosts. Each host has a bridge, and a VXLAN connects the bridges: it carries their
// frames in UDP packets between the hosts. The hosts only need to reach each other.
//
// The hosts are names in the inventory, the stack configuration `linuxnet:hosts`.

import { Config } from "@pulumi/pulumi";
import { Namespace, Overlay } from "pulumi-linuxnet";

const hosts = (new Config().get("on") ?? "host1 host2 host3").split(" ");

// The hosts reach each other by the same addresses that Pulumi connects to.
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

// docker network create -d overlay: a bridge `lan` and a VXLAN interface `lan-vx` on each host.
const lan = new Overlay("lan", {
  hosts: Object.fromEntries(hosts.map((host) => [host, inventory[host]?.address ?? ""])),
  subnet: ["10.99.0.0/24", "fd00:99::/64"],
  id: 42,
});

// A container on each host. The containers reach each other as if they were connected to the same bridge.
for (const host of hosts) {
  const number = host.replace("host", "");
  const web = new Namespace(`${host}-web`, { host, name: "web" });
  lan.attach(web, { host, container: "web", address: [`10.99.0.${number}`, `fd00:99::${number}`] });
}

/** The largest packet that a container can send, in bytes. */
export const { mtu } = lan;
