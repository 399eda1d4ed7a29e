/**
 * Returns a token, such as one that ends with a signature or a tag in base64url, with another character near its end. Characters that replace the last ones can be the same, and the very
 * last one has bits that mean nothing.
 */
export const changedToken = (token: string): string => `${token.slice(0, -5)}${token.at(-5) === 'A' ? 'B' : 'A'}${token.slice(-4)}`;
