/** Something in a database that breaks the isolation of tenants, or would if something else broke too. */
export interface Finding {
  /** The rule, in snake_case. */
  readonly check: string;
  /** What breaks it: a table, policy, function, role. */
  readonly object: string;
  readonly message: string;
  /** What to do: SQL where there is one. */
  readonly cure: string;
}
