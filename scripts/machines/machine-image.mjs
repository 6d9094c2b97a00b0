// @ts-check

import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { run, SetupError, step } from "../setup/step.mjs";
import { ensureCached } from "./cache.mjs";
import { runInRoot } from "./contained.mjs";
import { debianRootName, ensureDebianRoot } from "./debian-root.mjs";
import { recipeDigest, suiteNamed } from "./suites.mjs";

/**
 * The packages that make a root file system bootable. initramfs-tools is explicit because some suites would install
 * dracut, whose RAM disk boots more slowly.
 */
const SYSTEM = ["systemd-sysv", "udev", "dbus", "initramfs-tools", "linux-image-cloud-amd64"];

/**
 * Network software that is common on hosts and that linuxnet has to coexist with. None of it runs until a test starts
 * it.
 */
const NEIGHBOURS = [
  "network-manager",
  "firewalld",
  "ufw",
  "docker.io",
  // On a kernel with AppArmor, Docker starts no container without it.
  "apparmor",
  "podman",
  "crun",
];

/** Parts of these that are separate packages in some suites, where they are only recommended. */
const OPTIONAL = ["docker-cli", "netavark", "aardvark-dns", "containernetworking-plugins"];

/** The units that start at boot in addition to those that systemd always starts. */
const ENABLED = ["systemd-networkd.service", "ssh.service", "wire-address.service"];

/**
 * Units that a machine that runs for minutes does not need. Together they take more than a seventh of the boot time.
 */
const MASKED = [
  ...["getty@tty1.service", "serial-getty@ttyS0.service", "user@.service"],
  "systemd-networkd-wait-online.service",
  ...["configfs", "dm_mod", "drm", "efi_pstore", "fuse", "loop"].map((name) => `modprobe@${name}.service`),
  ...["debug", "tracing", "config"].map((name) => `sys-kernel-${name}.mount`),
  ...["dev-hugepages.mount", "dev-mqueue.mount", "sys-fs-fuse-connections.mount"],
  ...["systemd-binfmt.service", "proc-sys-fs-binfmt_misc.automount", "systemd-pstore.service"],
  ...["systemd-random-seed.service", "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service"],
  ...["systemd-ask-password-console.path", "systemd-ask-password-wall.path", "systemd-tmpfiles-clean.timer"],
];

/**
 * Files to write to the root: content by path.
 * @type {Readonly<Record<string, string>>}
 */
const FILES = {
  "/etc/hostname": "machine\n",
  "/etc/hosts": "127.0.0.1 localhost machine\n::1 localhost ip6-localhost ip6-loopback\n",
  "/etc/fstab": "/dev/vda / ext4 noatime 0 0\n",
  "/etc/systemd/network/10-machine.network": "[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n",
  "/etc/systemd/system/wire-address.service": `[Unit]
Description=Addresses from the kernel's command line
ConditionKernelCommandLine=linuxnet.address
DefaultDependencies=no
Before=systemd-networkd.service

[Service]
Type=oneshot
ExecStart=/bin/sh /usr/local/lib/wire-address.sh

[Install]
WantedBy=systemd-networkd.service
`,
  "/usr/local/lib/wire-address.sh": readFileSync(new URL("machine-files/wire-address.sh", import.meta.url), "utf8"),
  // A small initial RAM disk: an emulated processor takes long to unpack and search a large one.
  "/etc/initramfs-tools/conf.d/machine": "MODULES=list\nCOMPRESS=gzip\nFSTYPE=ext4\n",
  "/etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
  "/etc/dpkg/dpkg.cfg.d/machine": [
    "force-unsafe-io",
    ...["man", "doc", "locale", "info"].map((folder) => `path-exclude=/usr/share/${folder}/*`),
    "",
  ].join("\n"),
};

/** The installation script, run with sh -e in the root. */
const INSTALL = `
  # The mirror's copy of a suite may be older than its archive lets it be.
  apt-get -q -o Acquire::Check-Valid-Until=false update
  optional=$(apt-cache search --names-only '^(${OPTIONAL.join("|")})$' | cut -d ' ' -f 1)
  apt-get -q -y -o Dpkg::Options::=--force-confold install --no-install-recommends ${[...SYSTEM, ...NEIGHBOURS].join(" ")} $optional
  apt-get clean
  rm -rf /var/lib/apt/lists/*

  enabled=$(systemctl list-unit-files --state=enabled --no-legend --no-pager | cut -d ' ' -f 1)
  systemctl --quiet disable $enabled
  systemctl --quiet enable ${ENABLED.join(" ")}
  systemctl --quiet mask ${MASKED.join(" ")}
  systemctl --quiet set-default multi-user.target
  ssh-keygen -A
  mkdir -p -m 700 /root/.ssh
  : >/etc/machine-id
  # Newer than /usr: the first boot has no caches to bring up to date.
  touch /etc/.updated /var/.updated`;

const DISK = "6G";

const RECIPE = { system: SYSTEM, neighbours: NEIGHBOURS, files: FILES, install: INSTALL, disk: DISK };

/**
 * A virtual machine's files in the cache. They are read-only: running machines keep their changes elsewhere.
 * @typedef {object} MachineImage
 * @property {string} kernel
 * @property {string} initrd
 * @property {string} disk a raw image of an ext4 file system
 * @property {string} key the private key that root may log in with
 * @property {string} hostKeys the machine's public host keys, one per line
 */

/**
 * Builds the image of a virtual machine with the suite, unless it is in the cache. All clones of the repository on this
 * machine share it.
 * @param {string} suite bullseye, bookworm, trixie or sid
 * @returns {Promise<MachineImage>}
 */
export async function ensureMachineImage(suite) {
  const known = suiteNamed(suite);
  const name = `machine-${known}-${recipeDigest([debianRootName(known), RECIPE])}`;
  const folder = await ensureCached(name, async (partial) => build(known, await ensureDebianRoot(known), partial));
  const [kernel, initrd, disk, key, hostKeys] = ["kernel", "initrd", "disk.img", "id_ed25519", "host_keys"].map(
    (file) => path.join(folder, file),
  );
  return /** @type {MachineImage} */ ({ kernel, initrd, disk, key, hostKeys });
}

/**
 * @param {import("./suites.mjs").Suite} suite
 * @param {string} debianRoot
 * @param {string} folder
 */
async function build(suite, debianRoot, folder) {
  await step(`Debian ${suite}, a virtual machine: two minutes or three, once a machine`, async () => {
    const what = `The virtual machine of Debian ${suite}`;
    const root = path.join(folder, "root");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    /** @param {string} program @param {string[]} args */
    const tool = async (program, ...args) => {
      const { ok, tail } = await run(program, args);
      if (!ok) throw new SetupError(`${what} could not be built: ${program} failed.\n${tail}`);
    };
    await tool("cp", "-a", "--reflink=auto", debianRoot, root);
    for (const [file, text] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    await runInRoot(what, root, INSTALL);
    writeFileSync(path.join(root, "etc/resolv.conf"), "");

    const key = path.join(folder, "id_ed25519");
    await tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "linuxnet machine", "-f", key);
    cpSync(`${key}.pub`, path.join(root, "root/.ssh/authorized_keys"));
    const keys = readdirSync(path.join(root, "etc/ssh")).filter((name) => /^ssh_host_.*\.pub$/.test(name));
    const lines = keys.map((name) => readFileSync(path.join(root, "etc/ssh", name), "utf8"));
    writeFileSync(path.join(folder, "host_keys"), lines.join(""));

    for (const [pattern, name] of /** @type {const} */ ([
      [/^vmlinuz-/, "kernel"],
      [/^initrd\.img-/, "initrd"],
    ])) {
      const found = readdirSync(path.join(root, "boot")).find((candidate) => pattern.test(candidate));
      if (!found) throw new SetupError(`${what} could not be built: its kernel package brought no ${name}.`);
      renameSync(path.join(root, "boot", found), path.join(folder, name));
      chmodSync(path.join(folder, name), 0o600);
    }
    const disk = path.join(folder, "disk.img");
    writeFileSync(disk, "");
    truncateSync(disk, sizeInBytes(DISK));
    await tool("mke2fs", "-q", "-t", "ext4", "-E", "lazy_itable_init=1,nodiscard", "-d", root, disk);
    rmSync(root, { recursive: true });
  });
}

/** @param {string} size in GiB, e.g. "6G" */
function sizeInBytes(size) {
  return Number.parseInt(size, 10) * 1024 ** 3;
}
