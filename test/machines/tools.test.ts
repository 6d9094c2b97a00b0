/** The lifecycle of each kind with the tools of other Debian releases than this machine's, on this machine's kernel. */
import { describe } from "vitest";
import { TestHost } from "../kernel/test-host.ts";
import { withToolsOf } from "../kernel/test-machine.ts";
import { testLives } from "../kernel/test-lives.ts";
import { testVerdict } from "./verdict.ts";

// The other tests were written on Debian 12. If they run on another release, Debian 12 is not covered.
describe.each(["bullseye", "trixie", "sid"])("%s", (debian) => {
  const start = async () => TestHost.start(await withToolsOf(debian));
  testLives(start);
  testVerdict(start);
});
