import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack } from "../engine-stack.ts";
import { median, alternated } from "../measure.ts";
import { ansible } from "../peers/ansible.ts";
import { cni } from "../peers/cni.ts";
import type { Peer } from "../peers/peer.ts";
import { plainScript } from "../peers/script.ts";
import { sshPerCommand } from "../peers/ssh-per-command.ts";
import { type Row, type SectionReport, compare } from "../report.ts";
import type { Settings } from "../settings.ts";

/** The number of containers for the slow peers. */
const few = 20;

/** Compares `pulumi up` of linuxnet with other ways to create the same containers. */
export async function peers(settings: Settings): Promise<SectionReport> {
  const { containers, runs, progress } = settings;
  const all = [sshPerCommand(few), ansible(few), plainScript(containers), cni(containers)];
  const ready: Peer[] = [];
  const skipped: string[] = [];
  for (const peer of all) {
    progress(`peers: ${peer.name}, what it needs`);
    try {
      await peer.install();
      ready.push(peer);
    } catch (error) {
      skipped.push(`${peer.name} is left out, since it could not be fetched: ${(error as Error).message}`);
    }
  }
  const own = [...new Set(ready.map((peer) => peer.containers))].map(linuxnet);
  const seconds = new Map<Peer, number[]>([...own, ...ready].map((peer) => [peer, []]));
  await withLab(1, async (lab) => {
    for (let run = 0; run < runs; run++)
      for (const peer of alternated([...seconds.keys()], run)) {
        progress(`peers: ${peer.name}, run ${run + 1} of ${runs}`);
        try {
          seconds.get(peer)!.push(await peer.create(lab, "host1"));
        } finally {
          await emptyHosts(lab);
        }
      }
  });
  const rows = ready.map((peer): Row => {
    const ours = own.find((candidate) => candidate.containers === peer.containers)!;
    return compare(
      `${peer.containers} containers`,
      { of: ours.name, unit: "s", samples: seconds.get(ours)! },
      { of: peer.name, unit: "s", samples: seconds.get(peer)! },
    );
  });
  const larger = ready
    .filter((peer) => peer.containers < containers)
    .map((peer) => `${peer.name} ${((median(seconds.get(peer)!) * containers) / peer.containers).toFixed(0)} s`);
  return {
    title: "Peers: other ways to the same containers on one host",
    rows,
    notes: [
      "Each from an empty host until all is there. ssh, Ansible and the script run the same commands; CNI's plugins make their own rules and no marks.",
      ...(larger.length > 0
        ? [`As many times longer, not measured, for ${containers} containers: ${larger.join(", ")}.`]
        : []),
      ...skipped,
    ],
  };
}

function linuxnet(containers: number): Peer {
  return {
    name: "pulumi up",
    containers,
    install: () => Promise.resolve(),
    async create(lab: Lab) {
      const stack = new BenchStack(lab, "linuxnet");
      try {
        await stack.init(["host1"], containers);
        return await stack.time("up");
      } finally {
        stack.remove();
      }
    },
  };
}
