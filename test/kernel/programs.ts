import type { TestHost } from "./test-host.js";

const folders = ["/usr/bin", "/usr/sbin"];

/** Takes programs of these names (patterns of the shell) away from the test host, as where their package is not installed. */
export function hidePrograms(host: TestHost, ...names: string[]): void {
  const layers = folders.map((folder) => {
    const layer = `/run/without${folder}`;
    return `mkdir -p ${layer}/upper ${layer}/work
      mount -t overlay overlay -o lowerdir=${folder},upperdir=${layer}/upper,workdir=${layer}/work ${folder}
      cd ${folder} && rm -f ${names.join(" ")}`;
  });
  host.sh(["set -e", ...layers].join("\n"));
}

/** Makes a program say another version of itself; in all else it is what it was. */
export function ageProgram(host: TestHost, program: string, says: string): void {
  host.sh(`mkdir -p /run/real && cp "$(command -v ${program})" /run/real/${program}`);
  hidePrograms(host, program);
  host.sh(`printf '%s\\n' '#!/bin/sh' 'case $* in -V | --version) echo "${says}" ;; *) exec /run/real/${program} "$@" ;; esac' >/usr/bin/${program}
    chmod +x /usr/bin/${program}`);
}

/** Puts BusyBox in the place of iproute2's `ip`, as on an Alpine host where nothing was installed. */
export function useBusyBoxIp(host: TestHost): void {
  hidePrograms(host, "ip");
  host.sh('ln -s "$(command -v busybox)" /usr/bin/ip');
}

/** Gives them back. What still runs from there keeps its mount. */
export function restorePrograms(host: TestHost): void {
  host.sh(`umount --lazy ${folders.join(" ")} 2>/dev/null; rm -rf /run/without /run/real`);
}
