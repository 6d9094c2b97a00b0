/** What the command line asks for, and where progress is told. */
export interface Settings {
  readonly runs: number;
  readonly containers: number;
  /** Also the parts that take many minutes. */
  readonly long: boolean;
  readonly progress: (text: string) => void;
}

/** Resources of the program with so many containers on each of so many hosts. */
export const resourceCount = (containers: number, hosts = 1) => hosts * (4 * containers + 4);
