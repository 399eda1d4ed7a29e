import { Injectable } from '@nestjs/common';
import { VersionConflictError } from '../../common/http/etag.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { Prisma } from '../../generated/prisma/client.js';

export type SettingsSection = 'settings' | 'features' | 'custom' | 'branding' | 'security' | 'compliance' | 'integrations';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A document of settings. One that was never written is empty and has version 0. */
export interface SettingsDocument {
  readonly document: JsonObject;
  readonly version: number;
}

export interface SettingsChange {
  readonly section: SettingsSection;
  /** The version that the caller has read; undefined takes any. */
  readonly expectedVersion: number | undefined;
  /** The user who changes it; null for an API key of the organization. */
  readonly actorId: string | null;
}

/** How often a change is tried again that somebody else's change got ahead of. */
const tries = 10;

/** The documents in which an organization's settings stand, with a version each. */
@Injectable()
export class SettingsDocuments {
  constructor(private readonly db: TenantDb) {}

  async read(section: SettingsSection, db: TenantDb | TenantTransaction = this.db): Promise<SettingsDocument> {
    const row = await db.settingsDocument.findFirst({ where: { section }, select: { document: true, version: true } });
    return row === null ? { document: {}, version: 0 } : { document: row.document as JsonObject, version: row.version };
  }

  /**
   * Changes a document. No update is lost: the change is made to what is there at the moment of writing.
   *
   * @param change gets the document and returns the new one; it may be called several times
   * @throws {VersionConflictError} when another version was expected
   */
  async change(
    { section, expectedVersion, actorId }: SettingsChange,
    change: (document: JsonObject, tx: TenantTransaction) => JsonObject | Promise<JsonObject>,
  ): Promise<SettingsDocument> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const changed = await this.db.$transaction(async (tx) => {
        const { document, version } = await this.read(section, tx);
        if (expectedVersion !== undefined && expectedVersion !== version) throw new VersionConflictError();
        const next = await change(document, tx);
        return (await this.#write(tx, section, version, next, actorId)) ? { document: next, version: version + 1 } : undefined;
      });
      if (changed !== undefined) return changed;
    }
    throw new VersionConflictError();
  }

  /** @returns whether the document still had the version */
  async #write(tx: TenantTransaction, section: SettingsSection, version: number, next: JsonObject, actorId: string | null): Promise<boolean> {
    const document = next as Prisma.InputJsonObject;
    if (version === 0) return (await tx.settingsDocument.createMany({ data: { section, document, updatedById: actorId }, skipDuplicates: true })).count === 1;
    const { count } = await tx.settingsDocument.updateMany({ where: { section, version }, data: { document, version: version + 1, updatedById: actorId } });
    return count === 1;
  }
}
