/** The names of managed accounts. No address is one. */
export const userNameRule = { max: 63, pattern: /^[a-z0-9][a-z0-9._-]*$/ } as const;
