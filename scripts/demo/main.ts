// npm run demo       starts the lab, runs `pulumi up` of the two-hosts example over SSH, and checks the network
// npm run demo:down  destroys the stack, stops the lab, and checks that nothing is left

import { LabError } from "../../examples/lab/lab-error.ts";
import { DemoFailure, Report } from "./report.ts";
import { runDemo } from "./run-demo.ts";
import { takeDown } from "./take-down.ts";

const report = new Report();
const down = process.argv[2] === "down";

// The terminal's Ctrl-C also reaches the Pulumi CLI, which shuts down cleanly. The demo ends at the next step.
process.on("SIGINT", () => report.stop());

try {
  await (down ? takeDown(report) : runDemo(report));
} catch (error) {
  // The report has already printed the error of a failed step.
  if (!(error instanceof DemoFailure || error instanceof LabError)) throw error;
} finally {
  sayEnd();
}

function sayEnd(): void {
  console.log(`\n${outcome()} ${report.passed} passed, ${report.failed} failed, in ${report.seconds()}.`);
  if (report.stopped) process.exitCode = 130;
  else if (report.failed > 0) process.exitCode = 1;
  else if (!down) sayWhatNext();
}

function outcome(): string {
  if (report.stopped) return 'Interrupted; "npm run demo:down" cleans up.';
  if (report.failed > 0)
    return down
      ? "Not all is as it was before."
      : 'The network is not as it should be; "npm run demo:down" takes it down.';
  return down ? "All is as it was before." : "The network stands.";
}

function sayWhatNext(): void {
  console.log(`
Look around    npm run lab:sh -- host1, and there: ip netns exec netns1 ip addr
Once more      npm run demo changes nothing
Change it      examples/two-hosts/index.ts, then npm run pulumi -- up
Take it down   npm run demo:down`);
}
