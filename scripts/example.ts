// npm run example -- NAME       starts the lab if none runs, and runs `pulumi up` of examples/NAME on its hosts
// npm run example:down -- NAME  runs `pulumi destroy` and removes the stack; the lab runs until npm run lab:down

import { existsSync } from "node:fs";
import path from "node:path";
import { LabError } from "../examples/lab/lab-error.ts";
import { pulumi, removeStack, selectStack, settingsFile, stackName } from "../examples/lab/lab-stack.ts";
import { exampleFolders, openStandingLab, startStandingLab } from "../examples/lab/standing-lab.ts";

const [command, name = ""] = process.argv.slice(2);

try {
  await (command === "down" ? down(folderOf(name)) : up(folderOf(name)));
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function up(folder: string): Promise<void> {
  const running = openStandingLab();
  const lab = running ?? (await startStandingLab());
  console.log(`${running ? "The lab runs already" : "The lab is started"}: ${lab.hosts.join(", ")}.`);
  await selectStack(folder, lab.inventory());
  if (!(await run(folder, "up"))) return;
  console.log(`
What to look at        examples/${name}/README.md
A shell in a host      npm run lab:sh -- host1
Change it              examples/${name}/index.ts, then npm run example -- ${name}
Take it down           npm run example:down -- ${name}; the lab with npm run lab:down`);
}

async function down(folder: string): Promise<void> {
  const lab = openStandingLab();
  if (!lab || !existsSync(settingsFile(folder))) {
    console.log(`The lab has no stack of examples/${name}.`);
    return;
  }
  await Promise.all(lab.hosts.map((host) => lab.stopWebs(host)));
  if (!(await run(folder, "destroy"))) return;
  await removeStack(folder);
  console.log(`The stack of examples/${name} is gone; the lab runs on until npm run lab:down.`);
}

/** Runs Pulumi with its own output. */
async function run(folder: string, operation: "up" | "destroy"): Promise<boolean> {
  const args = [operation, "--yes", "--skip-preview", "--stack", stackName];
  const { exitCode } = await pulumi(folder, args, { show: true, reject: false });
  if (exitCode !== 0) process.exitCode = exitCode;
  return exitCode === 0;
}

function folderOf(example: string): string {
  const folder = exampleFolders().find((candidate) => path.basename(candidate) === example);
  if (folder !== undefined) return folder;
  const names = exampleFolders().map((candidate) => path.basename(candidate));
  throw new LabError(
    `${example === "" ? "Say which example" : `There is no example "${example}"`}: npm run example -- NAME, of ${names.join(", ")}.`,
  );
}
