import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, SetupError, step } from "./step.mjs";

/** The programs that the lab, its hosts and the checks start, and the Debian package of each. */
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

/** What the tests use beside: other shells than dash on hosts, sudo, another SSH server, Docker as a neighbour on a host, and Podman's containers. */
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

/** What bench:nat measures throughput with. */
const BENCH_PACKAGE_OF = { iperf3: "iperf3" };

/** Debian's own way to say that no service may be started (invoke-rc.d and deb-systemd-invoke ask it). */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs the Debian packages whose programs are missing, and starts no service.
 * @param {{ test?: boolean, bench?: boolean }} options those of the tests, or of bench:nat, as well
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

/** @param {string[]} names */
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
      // Package lists that are missing or old: what they name may be gone from the archive.
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
    // The package enables its service for the next boot. The lab starts its own servers and needs none on this machine.
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
 * Some packages start a service when they are installed; a machine must not get an open SSH port by a demo.
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
 * A root shell made by `su` may have no sbin folder on its PATH, so they are always looked into.
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
