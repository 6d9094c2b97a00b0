/** Milliseconds for something on a lab host: more if that is a virtual machine, whose processor is emulated. */
export const patiently = (milliseconds: number): number => milliseconds * (process.env.LINUXNET_MACHINE ? 5 : 1);
