/** Where the tests' hosts are: on this machine, or on it with the tools of another Debian. */

/** A machine that tests can start hosts on. */
export interface TestMachine {
  /** In words: `the tools of bullseye`. */
  readonly title: string;
  /** The root file system of its hosts; left out, the machine's own. */
  readonly root?: string;
  /** The argument list that runs another one on the machine. */
  argv(argv: readonly string[]): [string, ...string[]];
}

/** The machine that the tests are for: `LINUXNET_TEST_ROOT` names the root file system of another Debian. */
export function testMachine(): TestMachine {
  const root = process.env.LINUXNET_TEST_ROOT;
  return {
    title: root === undefined ? "this machine" : `the tools in ${root}`,
    ...(root !== undefined && { root }),
    argv: (argv) => argv as [string, ...string[]],
  };
}
