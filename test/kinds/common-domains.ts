/** What every resource has. */
export const everywhere = { host: "host", adopt: "boolean" } as const;

/** What can be in a namespace. */
export const namespaced = { ...everywhere, namespace: "namespaceName" } as const;

/** What can take the way by which its host is reached. */
export const routed = { ...namespaced, allowLockout: "boolean" } as const;
