import type { TestHost } from "./test-host.js";

const folders = ["/usr/bin", "/usr/sbin"];

/** Takes programs of these names (patterns of the shell) away from the test host, as where their package is not installed. */
export function takePrograms(host: TestHost, ...names: string[]): void {
  const layers = folders.map((folder) => {
    const layer = `/run/without${folder}`;
    return `mkdir -p ${layer}/upper ${layer}/work
      mount -t overlay overlay -o lowerdir=${folder},upperdir=${layer}/upper,workdir=${layer}/work ${folder}
      cd ${folder} && rm -f ${names.join(" ")}`;
  });
  host.sh(["set -e", ...layers].join("\n"));
}

/** Gives them back. What still runs from there keeps its mount. */
export function givePrograms(host: TestHost): void {
  host.sh(`umount --lazy ${folders.join(" ")} 2>/dev/null; rm -rf /run/without`);
}
