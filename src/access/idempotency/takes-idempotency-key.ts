/** The methods that a client may not repeat otherwise (RFC 9110, section 9.2.2). */
const methods: ReadonlySet<string> = new Set(['POST', 'PATCH']);

/**
 * Whether a route takes an Idempotency-Key.
 *
 * @param without the reason why it does not, of `@WithoutIdempotencyKey`
 */
export const takesIdempotencyKey = (method: string, without: string | undefined): boolean => methods.has(method) && without === undefined;
