import type { Finding } from './finding.js';

interface OperatorSettings {
  readonly isProduction: boolean;
  readonly secondFactorRequired: boolean;
}

/** Warns while a password is enough to act as an operator in production. */
export function checkOperators({ isProduction, secondFactorRequired }: OperatorSettings): Finding[] {
  if (!isProduction || secondFactorRequired) return [];
  const message = 'Operators can change every tenant, and need no second factor.';
  return [{ check: 'operators', object: 'OPERATORS_REQUIRE_SECOND_FACTOR', message, fix: 'Set OPERATORS_REQUIRE_SECOND_FACTOR=true.' }];
}
