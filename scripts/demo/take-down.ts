import { isAttached } from "../../examples/lab/wire.ts";
import { dumpAtStart, openStandingLab, stopStandingLab } from "../../examples/lab/standing-lab.ts";
import { webServers } from "./checks.ts";
import { DemoFailure, type Report } from "./report.ts";
import { describe } from "./run-demo.ts";
import { runPulumi, stackResources } from "./stack.ts";

/** Destroys the stack, stops the lab and checks that nothing is left. If no lab runs, it only removes leftovers. */
export async function takeDown(report: Report): Promise<void> {
  const lab = openStandingLab();
  if (lab && (await stackResources()).length > 0) {
    report.heading("The stack");
    await report.check("the web servers, stopped", async () => {
      await Promise.all(webServers.map(({ server }) => lab.stopWeb("host1", server)));
      return "";
    });
    await report.check("pulumi destroy, over SSH", async () => describe(await runPulumi("destroy")));
    for (const host of lab.hosts) {
      const before = dumpAtStart(host);
      await report.check(`${host}: links, routes, firewall and sysctls as before`, async () => {
        const difference = firstDifference(before, await lab.dump(host));
        if (difference !== undefined) throw new DemoFailure(difference);
        return "the same";
      });
    }
  }
  report.heading("The lab");
  await report.step(lab ? "hosts, keys and state, removed" : "no lab runs", async () => {
    await stopStandingLab();
    return "";
  });
  await report.check("this machine: the link to the lab is gone", async () => {
    if (await isAttached()) throw new DemoFailure("linuxnet-lab is still there");
    return "";
  });
}

function firstDifference(before: string, after: string): string | undefined {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const missing = old.filter((line) => !now.includes(line));
  const added = now.filter((line) => !old.includes(line));
  if (missing.length + added.length === 0) return before === after ? undefined : "the same lines in another order";
  return [
    ...missing.slice(0, 5).map((line) => `- ${line.slice(0, 200)}`),
    ...added.slice(0, 5).map((line) => `+ ${line.slice(0, 200)}`),
  ].join("\n");
}
