import { styleText } from "node:util";
import type { Changes } from "../../examples/lab/changes.ts";
import type { Lab } from "../../examples/lab/lab.ts";
import { openStandingLab, selectLabStack, startStandingLab } from "../../examples/lab/standing-lab.ts";
import { checkScenario, webServers } from "./checks.ts";
import { drawNetwork, type PictureHost } from "./network-picture.ts";
import { DemoFailure, type Report } from "./report.ts";
import { runPulumi, stackResources } from "./stack.ts";

/** Creates the network of the two-hosts example and checks it. On a second run, also checks that nothing changes. */
export async function runDemo(report: Report): Promise<void> {
  const lab = await makeNetwork(report);
  await checkScenario(lab, report);
  report.heading("The network, from the stack's state");
  console.log(await picture(lab));
}

async function makeNetwork(report: Report): Promise<Lab> {
  report.heading("Hosts on a wire, and a stack");
  let lab = openStandingLab();
  await report.step("the lab: host1, host2 and host3, an SSH server each", async () => {
    const running = lab !== undefined;
    lab ??= await startStandingLab();
    const addresses = Object.values(lab.inventory()).map(({ address }) => address);
    return `${addresses.join(", ")}${running ? ", running already" : ""}`;
  });
  const started: Lab | undefined = lab;
  if (!started) throw new DemoFailure("The lab did not start.");
  await report.step("the Pulumi stack, with their addresses and keys", async () => {
    await selectLabStack(started);
    return "lab";
  });

  const dumpBefore = await started.dump("host1");
  await report.step("pulumi up, over SSH", async () => {
    const changes = await runPulumi("up");
    const unchanged = Object.keys(changes).every((operation) => operation === "same");
    if (unchanged && (await started.dump("host1")) !== dumpBefore) {
      throw new DemoFailure(
        "Pulumi changed no resource, and host1 is another one than before: compare npm run lab -- exec host1 ip addr.",
      );
    }
    return describe(changes);
  });
  await report.step("a web server in each container", async () => {
    await Promise.all(webServers.map(({ server, name }) => started.startWeb("host1", server, name)));
    return webServers.map(({ name }) => name).join(", ");
  });
  return started;
}

/** The changes in words, e.g. "14 created" or "14 unchanged". */
export function describe(changes: Changes): string {
  const words: Readonly<Record<string, string>> = {
    create: "created",
    same: "unchanged",
    update: "changed",
    delete: "deleted",
  };
  const parts = Object.entries(changes).map(([operation, count]) => `${count} ${words[operation] ?? operation}`);
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

async function picture(lab: Lab): Promise<string> {
  const services = new Map(webServers.map(({ server, name }) => [server.namespace, `${name} :${server.port}`]));
  const hosts = await Promise.all(
    ["host1", "host2"].map(async (name): Promise<PictureHost> => {
      interface Link {
        readonly ifname: string;
        readonly addr_info: { readonly family: string; readonly local: string; readonly prefixlen: number }[];
      }
      const links = JSON.parse(
        (await lab.exec(name, ["ip", "-json", "address", "show", "dev", "eth0"])).stdout,
      ) as Link[];
      const address = links[0]?.addr_info.find(({ family }) => family === "inet");
      return {
        name,
        link: { name: links[0]?.ifname ?? "?", address: `${address?.local}/${address?.prefixlen}` },
        services: name === "host1" ? services : new Map(),
      };
    }),
  );
  const { stdout } = await lab.exec("host1", ["ip", "-json", "route", "show", "dev", "eth0", "proto", "kernel"]);
  const [wire] = JSON.parse(stdout) as { dst: string }[];
  return styleText(
    "cyan",
    drawNetwork(await stackResources(), hosts, wire?.dst ?? "wire", process.stdout.columns || 120),
  );
}
