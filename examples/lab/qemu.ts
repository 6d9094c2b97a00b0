import type { MachineImage } from "../../scripts/machines/machine-image.mjs";

/** How a virtual machine's interface is called: as on most cloud images, or by its place, as systemd does it (`enp0s2`). */
export type InterfaceNames = "eth0" | "systemd";

/** What a machine's QEMU is started with. */
export interface QemuOptions {
  readonly image: MachineImage;
  readonly name: string;
  /** 32 hexadecimal digits. Addresses that systemd makes up follow from it, so each machine has another one. */
  readonly machineId: string;
  readonly interfaceNames: InterfaceNames;
  /** Mebibytes. */
  readonly memory: number;
  readonly consoleLog: string;
  readonly network: UserNetwork | TapNetwork;
}

/** QEMU plays the network itself. Only the machine's SSH port can be reached, on a port of 127.0.0.1. */
export interface UserNetwork {
  readonly sshPort: number;
}

/** An interface of the network namespace that QEMU is started in. */
export interface TapNetwork {
  readonly tap: string;
  /** A program that connects the new interface; it gets its name. */
  readonly script: string;
  readonly macAddress: string;
  /** In CIDR form. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
}

/** The argument list that starts the machine. Its changes go to an unlinked file in TMPDIR, and live until QEMU ends. */
export function qemuCommand(options: QemuOptions): string[] {
  const { image, name, memory, consoleLog, network } = options;
  return [
    "qemu-system-x86_64",
    ...["-name", `linuxnet-${name}`],
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    // QEMU's own processor everywhere: few machines on which tests run have nested virtualisation that works. The plain one boots
    // in four fifths of the time that "max" takes, and a second one makes it slower.
    ...["-machine", "q35,accel=tcg", "-cpu", "qemu64", "-smp", "1", "-m", String(memory)],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", kernelCommandLine(options).join(" ")],
    ...["-drive", `file=${escapeComma(image.disk)},if=virtio,format=raw,snapshot=on`],
    // Without a source of randomness a machine waits for it when it starts.
    ...["-device", "virtio-rng-pci"],
    ...["-netdev", networkBackend(network)],
    // No option ROM: nothing is booted from the network.
    ...["-device", `virtio-net-pci,netdev=net,romfile=${"tap" in network ? `,mac=${network.macAddress}` : ""}`],
    ...["-chardev", `file,id=console,path=${escapeComma(consoleLog)}`, "-serial", "chardev:console"],
  ];
}

function networkBackend(network: UserNetwork | TapNetwork): string {
  return "tap" in network
    ? `tap,id=net,ifname=${network.tap},script=${escapeComma(network.script)},downscript=no`
    : `user,id=net,hostfwd=tcp:127.0.0.1:${network.sshPort}-:22`;
}

function kernelCommandLine({ name, machineId, interfaceNames, network }: QemuOptions): string[] {
  return [
    ...["root=/dev/vda", "rw", "rootflags=noatime,noinit_itable", "fsck.mode=skip"],
    ...["console=ttyS0", "quiet", "mitigations=off", "audit=0"],
    `net.ifnames=${interfaceNames === "systemd" ? 1 : 0}`,
    `systemd.hostname=${name}`,
    `systemd.machine_id=${machineId}`,
    ...("tap" in network
      ? [
          ...network.addresses.map((address) => `linuxnet.address=${address}`),
          ...network.gateways.map((gateway) => `linuxnet.gateway=${gateway}`),
        ]
      : []),
  ];
}

/** In QEMU's options a comma ends a value, and two are one. */
function escapeComma(text: string): string {
  return text.replaceAll(",", ",,");
}
