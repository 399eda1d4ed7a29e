/** The models of the Prisma schema, by name. Generated from the schema (prisma/tenant-schema-generator.mjs), so that a new model is confined automatically. */
export type TenantSchema = Readonly<Record<string, ModelDescription>>;

export interface ModelDescription {
  /** The table's name in the database. */
  readonly table: string;
  readonly fields: Readonly<Record<string, FieldDescription>>;
  /** Whether its rows decide about access, so that a write locks the organization (annotated with `@access` in prisma/models). */
  readonly decidesAccess?: true;
  /** The compound primary and unique keys: the key's name in `where` → its fields. */
  readonly compoundKeys: Readonly<Record<string, readonly string[]>>;
}

export type FieldDescription = ScalarField | RelationField;

export interface ScalarField {
  readonly kind: 'scalar';
  /** Whether it is a primary or unique key alone. */
  readonly unique?: true;
}

export interface RelationField {
  readonly kind: 'relation';
  /** The model at the other end. */
  readonly model: string;
  readonly list: boolean;
  /** The fields on this side that reference the other side; empty when the other side has the key. */
  readonly foreignKey: readonly string[];
  /** The fields of the other side that `foreignKey` references, in the same order. */
  readonly references: readonly string[];
  /** The relation's name, the same at both ends. */
  readonly relation: string;
}
