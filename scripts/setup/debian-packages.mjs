import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, SetupError, step } from "./step.mjs";

/** The programs that the lab, its hosts and the checks run, and the Debian package of each. */
const PACKAGE_OF = {
  ip: "iproute2",
  iptables: "iptables",
  nft: "nftables",
  sshd: "openssh-server",
  "ssh-keygen": "openssh-client",
  sysctl: "procps",
  nsenter: "util-linux",
  flock: "util-linux",
  mount: "mount",
  curl: "curl",
  ping: "iputils-ping",
  perl: "perl-base",
};

/**
 * What only the tests use: shells other than dash, sudo, another SSH server, Docker next to linuxnet, Podman's
 * containers.
 */
const TEST_PACKAGE_OF = {
  busybox: "busybox-static",
  bash: "bash",
  fish: "fish",
  tcsh: "tcsh",
  sudo: "sudo",
  dropbear: "dropbear-bin",
  openssl: "openssl",
  conntrack: "conntrack",
  dockerd: "docker.io",
  podman: "podman",
  crun: "crun",
};

/** What only bench:nat uses, to measure throughput. */
const BENCH_PACKAGE_OF = { iperf3: "iperf3" };

/** Debian's standard way to forbid starting services: invoke-rc.d and deb-systemd-invoke ask this script. */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs the Debian packages whose programs are missing, without starting services.
 * @param {{ test?: boolean, bench?: boolean }} options test, bench: also installs what only the tests or bench:nat use
 */
export async function ensureDebianPackages({ test = false, bench = false }) {
  const missing = [
    ...new Set(
      Object.entries({ ...PACKAGE_OF, ...(test ? TEST_PACKAGE_OF : {}), ...(bench ? BENCH_PACKAGE_OF : {}) })
        .filter(([program]) => !isThere(program))
        .map(([, name]) => name),
    ),
  ];
  if (missing.length > 0) await installDebianPackages(missing);
}

/**
 * Installs Debian packages without starting services.
 * @param {string[]} names
 */
export async function installDebianPackages(names) {
  if (!isThere("apt-get")) {
    throw new SetupError(
      `This is no Debian: install ${names.join(", ")} by this system's own means and run this again.`,
    );
  }
  await step(`Debian packages ${names.join(" ")}`, () =>
    withoutServices(async () => {
      const first = await aptGet("install", ...names);
      if (first.ok) return;
      // The package lists may be missing, or so old that the archive no longer has the versions in them.
      const lists = await aptGet("update");
      const second = lists.ok ? await aptGet("install", ...names) : lists;
      if (!second.ok) {
        throw new SetupError(
          `apt-get could not install ${names.join(" ")}; put that right and run this again.\n${second.tail}`,
        );
      }
    }),
  );
  if (names.includes("openssh-server") && existsSync("/run/systemd/system")) {
    // The package enables its service for the next boot. The lab starts its own SSH servers and does not need it.
    await run("systemctl", ["disable", "--quiet", "ssh.service"]);
    process.stderr.write(
      "  This machine's own SSH service was not started and stays off: systemctl enable --now ssh starts it.\n",
    );
  }
}

/**
 * @param {string} command
 * @param {...string} names
 */
function aptGet(command, ...names) {
  const options = command === "install" ? ["-y", "--no-install-recommends"] : [];
  return run("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", command, ...options, ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/**
 * Keeps packages from starting their services when they are installed: a demo must not open an SSH port on the machine.
 * @param {() => Promise<void>} work
 */
async function withoutServices(work) {
  if (existsSync(SERVICE_POLICY)) return work();
  const remove = () => rmSync(SERVICE_POLICY, { force: true });
  const stop = () => {
    remove();
    process.exit(130);
  };
  writeFileSync(SERVICE_POLICY, "#!/bin/sh\n# Put here by linuxnet's set-up while it installs packages.\nexit 101\n", {
    mode: 0o755,
  });
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    await work();
  } finally {
    remove();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/**
 * Whether a program is on the PATH or in an sbin folder. A root shell from `su` may have no sbin folder on its PATH.
 * @param {string} program
 */
export function isThere(program) {
  return [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"].some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
