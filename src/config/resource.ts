/** For how long the rows of a table are kept. */
export interface ExpiringRows {
  /** The column with the time from which a row is kept. An index on it keeps the deletion fast. */
  readonly column: string;
  readonly days: number;
}

/**
 * Declares a resource of the product: its place in the contract, its permissions and its module. Everything that this project derives from a resource comes
 * from here, from its routes and from its tables.
 */
export interface Resource {
  /** The group of its routes in the OpenAPI document. The name is that of `@ApiTags` on its controllers. */
  readonly tag: { readonly name: string; readonly description: string };
  /**
   * The permissions that its routes require, with descriptions. Every catalog has them. The owner of an organization has them; another role has those that
   * the catalog grants it.
   */
  readonly permissions: Readonly<Record<`${string}:${string}`, string>>;
  /** Which rows of its tables are deleted after a time, by the names of the database: table → column and days. Rows that refer to a row must be deleted with it. */
  readonly retention?: Readonly<Record<string, ExpiringRows>>;
  /** Loads its module. It is loaded late, because the catalog needs the permissions before the application exists. */
  readonly module: () => Promise<new () => object>;
}
