/** The names of managed accounts. No address is one. Keyboards of phones begin with a capital letter. */
export const userNameRule = { max: 63, pattern: /^[a-z0-9][a-z0-9._-]*$/, lowerCase: true } as const;
