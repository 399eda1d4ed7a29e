/**
 * What the tenancy extension knows of the Prisma schema. Generated from it (prisma/tenant-schema-generator.mjs),
 * so that a model is scoped from the day it is added.
 */
export type TenantSchema = Readonly<Record<string, ModelDescription>>;

export interface ModelDescription {
  /** The table's name in the database. */
  readonly table: string;
  readonly fields: Readonly<Record<string, FieldDescription>>;
  /** The compound primary and unique keys: the name under which `where` knows the key → its fields. */
  readonly compoundKeys: Readonly<Record<string, readonly string[]>>;
}

export type FieldDescription = ScalarField | RelationField;

export interface ScalarField {
  readonly kind: 'scalar';
}

export interface RelationField {
  readonly kind: 'relation';
  /** The model at the other end. */
  readonly model: string;
  readonly list: boolean;
  /** The fields on this side that refer to the other; empty when the other side holds the key. */
  readonly foreignKey: readonly string[];
  /** The fields of the other side that `foreignKey` refers to, in the same order. */
  readonly references: readonly string[];
  /** The relation's name, the same at both ends. */
  readonly relation: string;
}
