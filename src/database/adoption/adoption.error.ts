/** Thrown when tables cannot be adopted. The message says what to do. */
export class AdoptionError extends Error {
  override readonly name = 'AdoptionError';
}

/** Throws what prevents the adoption, all of it. @throws {AdoptionError} unless the list is empty */
export function refuseIf(problems: readonly string[]): void {
  if (problems.length > 0) throw new AdoptionError(problems.join('\n'));
}
