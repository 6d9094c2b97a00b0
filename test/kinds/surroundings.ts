/** Shell lines that create a namespace `box`. */
export const addNamespace = "ip netns add box";

/** Shell lines that create a bridge `br9` with an address. */
export const addBridge =
  "ip link add br9 address 02:00:00:00:09:09 type bridge; ip addr add 172.18.0.1/24 dev br9; ip link set br9 up";
