/** Each kind's life with the tools of other Debians than this machine's, on this machine's kernel. */
import { describe } from "vitest";
import { TestHost } from "../kernel/test-host.ts";
import { withToolsOf } from "../kernel/test-machine.ts";
import { testLives } from "../kernel/test-lives.ts";
import { testVerdict } from "./verdict.ts";

// Debian 12 is what the other tests have been written on; where they run on another one, it is missing here.
describe.each(["bullseye", "trixie", "sid"])("%s", (debian) => {
  const start = async () => TestHost.start(await withToolsOf(debian));
  testLives(start);
  testVerdict(start);
});
