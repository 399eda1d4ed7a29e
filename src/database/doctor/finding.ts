/** A property of a database that breaks the isolation of tenants, or removes one of its walls. */
export interface Finding {
  /** The key of the check, in snake_case. */
  readonly check: string;
  /** The table, policy, function or role. */
  readonly object: string;
  readonly message: string;
  /** How to fix it: a statement, where one does. */
  readonly fix: string;
}
