/** A host that others use too: network namespaces, rules, interfaces and routes that no stack of linuxnet made. */
import type { Lab } from "../examples/lab/lab.ts";

/** How much of each there is. */
export interface Crowd {
  readonly namespaces: number;
  /** Rules of iptables, in a chain of their own that no packet comes to. */
  readonly rules: number;
  /** Both ends of pairs. */
  readonly interfaces: number;
  readonly routes: number;
}

/** Tells the crowd's interfaces, so that they can go at once. */
const group = 4242;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const bytes = (number: number) => `${Math.floor(number / 65_536)}.${Math.floor(number / 256) % 256}.${number % 256}`;

/** Brings a crowd to a host of a lab: one process for each sort of thing, 15 to 20 seconds for thousands. */
export async function addCrowd(lab: Lab, host: string, crowd: Crowd): Promise<void> {
  const pairs = numbers(crowd.interfaces / 2);
  const run = (argv: readonly string[], lines: readonly string[]) =>
    lab.exec(host, argv, { input: lines.map((line) => `${line}\n`).join(""), timeout: 600 });
  await run(
    ["ip", "-batch", "-"],
    numbers(crowd.namespaces).map((number) => `netns add foreign${number}`),
  );
  await run(
    ["ip", "-batch", "-"],
    pairs.flatMap((number) => [
      `link add name fa${number} group ${group} type veth peer name fb${number} group ${group}`,
      `link set dev fa${number} up`,
      `link set dev fb${number} up`,
    ]),
  );
  await run(
    ["ip", "-batch", "-"],
    numbers(crowd.routes).map((number) => `route add 100.${bytes(number)}/32 dev fa${number % pairs.length}`),
  );
  // Interfaces that have just come up keep the kernel busy until nobody has objected to their addresses.
  await lab.exec(host, ["sh", "-c", 'while [ "$(ip -6 -o address show tentative)" ]; do sleep 0.2; done'], {
    timeout: 120,
  });
  await run(
    ["iptables-restore", "--noflush"],
    [
      ...["*filter", ":FOREIGN - [0:0]"],
      ...numbers(crowd.rules).map((number) => `-A FOREIGN -s 101.${bytes(number)}/32 -p tcp --dport 80 -j ACCEPT`),
      "COMMIT",
    ],
  );
}

const leaving = `
  ls /run/netns | sed -n 's/^foreign/netns del foreign/p' | ip -batch -
  ip link del group ${group}
  iptables -F FOREIGN && iptables -X FOREIGN`;

/** Takes it away again. */
export async function removeCrowd(lab: Lab, host: string): Promise<void> {
  await lab.exec(host, ["sh", "-c", leaving], { timeout: 600 });
}
