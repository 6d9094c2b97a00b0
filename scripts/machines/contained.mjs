// @ts-check

import { run, SetupError } from "../setup/step.mjs";

/**
 * Runs a program that fills a root file system, in its own mount and PID namespaces. Its mounts and child processes
 * disappear when it ends, and it is killed when this process ends.
 * @param {string} what what is being built, for the error message
 * @param {readonly string[]} argv
 * @param {{ seconds?: number }} [options]
 */
export async function runContained(what, argv, { seconds = 1800 } = {}) {
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const { ok, tail } = await run("setpriv", ["--pdeathsig", "KILL", "unshare", ...namespaces, "--", ...argv], {
    env: {
      ...proxies(),
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/root",
      LC_ALL: "C.UTF-8",
      DEBIAN_FRONTEND: "noninteractive",
      SYSTEMD_OFFLINE: "1",
    },
    seconds,
  });
  if (!ok) throw new SetupError(`${what} could not be built.\n${tail}`);
}

/** The proxy settings of this process, which the program may need to reach the archive. */
function proxies() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name)));
}

/**
 * Runs a shell script inside a root file system, with this machine's name servers. Packages that the script installs
 * start no services.
 * @param {string} what what is being built, for the error message
 * @param {string} root
 * @param {string} script for sh -e
 */
export async function runInRoot(what, root, script) {
  const enter = `
    set -e
    mount -t proc proc "$1/proc"
    mount -t sysfs sysfs "$1/sys"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/run"
    # Bound over the file for as long as these namespaces live; the file itself stays empty.
    [ -e "$1/etc/resolv.conf" ] || : >"$1/etc/resolv.conf"
    mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
    # Debian's own way to say that no service may be started.
    printf '#!/bin/sh\\nexit 101\\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
    chroot "$1" /bin/sh -e -c "$2"
    rm "$1/usr/sbin/policy-rc.d"`;
  await runContained(what, ["sh", "-c", enter, "enter-root", root, script]);
}
