import type { TestHost } from "./test-host.js";

const folders = ["/usr/bin", "/usr/sbin"];

/** Hides programs with these names (shell patterns) from the test host, as if their package were not installed. */
export function hidePrograms(host: TestHost, ...names: string[]): void {
  const layers = folders.map((folder) => {
    const layer = `/run/without${folder}`;
    return `mkdir -p ${layer}/upper ${layer}/work
      mount -t overlay overlay -o lowerdir=${folder},upperdir=${layer}/upper,workdir=${layer}/work ${folder}
      cd ${folder} && rm -f ${names.join(" ")}`;
  });
  host.sh(["set -e", ...layers].join("\n"));
}

/** Makes a program report another version of itself; otherwise it is unchanged. */
export function ageProgram(host: TestHost, program: string, says: string): void {
  host.sh(`mkdir -p /run/real && cp "$(command -v ${program})" /run/real/${program}`);
  hidePrograms(host, program);
  host.sh(`printf '%s\\n' '#!/bin/sh' 'case $* in -V | --version) echo "${says}" ;; *) exec /run/real/${program} "$@" ;; esac' >/usr/bin/${program}
    chmod +x /usr/bin/${program}`);
}

/** Replaces iproute2's `ip` with BusyBox's, as on an Alpine host where nothing was installed. */
export function useBusyBoxIp(host: TestHost): void {
  hidePrograms(host, "ip");
  host.sh('ln -s "$(command -v busybox)" /usr/bin/ip');
}

/** Restores the programs. A process that still runs from there keeps its mount. */
export function restorePrograms(host: TestHost): void {
  host.sh(`umount --lazy ${folders.join(" ")} 2>/dev/null; rm -rf /run/without /run/real`);
}
