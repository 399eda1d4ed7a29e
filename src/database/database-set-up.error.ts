/** Thrown when the database cannot be used as it is; the message says what to do about it. */
export class DatabaseSetUpError extends Error {
  override readonly name = 'DatabaseSetUpError';
}
