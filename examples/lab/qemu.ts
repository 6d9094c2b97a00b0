import type { MachineImage } from "../../scripts/machines/machine-image.mjs";

/** How a virtual machine's interface is named: `eth0` as on most cloud images, or by its location, as systemd does. */
export type InterfaceNames = "eth0" | "systemd";

/** How a machine's QEMU is started. */
export interface QemuOptions {
  readonly image: MachineImage;
  readonly name: string;
  /** 32 hexadecimal digits. systemd derives generated addresses from it, so it must be unique per machine. */
  readonly machineId: string;
  readonly interfaceNames: InterfaceNames;
  /** In MiB. */
  readonly memory: number;
  readonly consoleLog: string;
  readonly network: UserNetwork | TapNetwork;
}

/** QEMU's user-mode network. Only the machine's SSH port can be reached, on a port of 127.0.0.1. */
export interface UserNetwork {
  readonly sshPort: number;
}

/** A tap interface in the network namespace that QEMU is started in. */
export interface TapNetwork {
  readonly tap: string;
  /** A program that connects the new tap. Its argument is the name of the tap. */
  readonly script: string;
  readonly macAddress: string;
  /** In CIDR form. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
}

/** The argument list that starts the machine. QEMU keeps disk changes in an unlinked file in TMPDIR until it ends. */
export function qemuCommand(options: QemuOptions): string[] {
  const { image, name, memory, consoleLog, network } = options;
  return [
    "qemu-system-x86_64",
    ...["-name", `linuxnet-${name}`],
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    // Always an emulated processor, because nested virtualisation works on few of the machines that run the tests.
    // qemu64 boots in four fifths of the time that "max" takes, and a second processor makes the machine slower.
    ...["-machine", "q35,accel=tcg", "-cpu", "qemu64", "-smp", "1", "-m", String(memory)],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", kernelCommandLine(options).join(" ")],
    ...["-drive", `file=${escapeComma(image.disk)},if=virtio,format=raw,snapshot=on`],
    // Without a source of randomness, the machine waits for entropy when it boots.
    ...["-device", "virtio-rng-pci"],
    ...["-netdev", networkBackend(network)],
    // No option ROM, because the machine does not boot from the network.
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
    ...["console=ttyS0", "mitigations=off", "audit=0"],
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

/** In QEMU's options, a comma ends a value, and two commas stand for one. */
function escapeComma(text: string): string {
  return text.replaceAll(",", ",,");
}
