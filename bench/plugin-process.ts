import { readFileSync } from "node:fs";
import { argumentsOf, descendants } from "../test/processes.ts";

/**
 * The peak memory, in megabytes, of the provider's process while the body runs the engine.
 * @throws Error if no provider process was seen.
 */
export async function peakOfPlugin(body: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = () => {
    for (const { pid } of descendants(process.pid))
      if (argumentsOf(pid).some((argument) => argument.includes("/cmd/dynamic-provider")))
        peak = Math.max(peak, peakOf(pid));
  };
  const timer = setInterval(look, 200);
  try {
    await body();
  } finally {
    clearInterval(timer);
  }
  if (peak === 0) throw new Error("No provider process was seen");
  return peak;
}

function peakOf(pid: number): number {
  try {
    const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return (Number(kilobytes) * 1024) / 1e6;
  } catch {
    return 0; // The process has ended in the meantime.
  }
}
