/** Thrown when the database cannot be used. The message says what to do. */
export class DatabaseSetUpError extends Error {
  override readonly name = 'DatabaseSetUpError';
}
