/** An Ethernet address that a check derives from the resource's names. */
export const derivedMac = /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/;
