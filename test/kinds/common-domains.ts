/** The properties that every resource has. */
export const everywhere = { host: "host", adopt: "boolean" } as const;

/** The properties of a resource that can be in a namespace. */
export const namespaced = { ...everywhere, namespace: "namespaceName" } as const;

/** The properties of a resource that can cut the management path of its host. */
export const routed = { ...namespaced, allowLockout: "boolean" } as const;
