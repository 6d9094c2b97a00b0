/** Foreign objects on a host: network namespaces, rules, interfaces and routes that no linuxnet stack created. */
import type { Lab } from "../examples/lab/lab.ts";

/** The number of objects of each kind. */
export interface Crowd {
  readonly namespaces: number;
  /** iptables rules, in a separate chain that no packet reaches. */
  readonly rules: number;
  /** Ends of veth pairs: two per pair. */
  readonly interfaces: number;
  readonly routes: number;
}

/** The interface group of the crowd, by which all its interfaces can be deleted at once. */
const group = 4242;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const bytes = (number: number) => `${Math.floor(number / 65_536)}.${Math.floor(number / 256) % 256}.${number % 256}`;

/** Creates a crowd on a lab host, with one process per kind of object: 15 to 20 seconds for thousands of objects. */
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
  // New interfaces keep the kernel busy until duplicate address detection has finished.
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

/** Removes the crowd from a lab host. */
export async function removeCrowd(lab: Lab, host: string): Promise<void> {
  await lab.exec(host, ["sh", "-c", leaving], { timeout: 600 });
}
