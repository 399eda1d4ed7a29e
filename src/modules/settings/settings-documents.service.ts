import { Injectable } from '@nestjs/common';
import { VersionConflictError, accepts, type ExpectedVersions } from '../../common/http/etag.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import { lastStatement } from '../../database/transactions.js';
import type { Prisma } from '../../generated/prisma/client.js';

export type SettingsSection = 'settings' | 'features' | 'custom' | 'branding' | 'security' | 'compliance' | 'integrations';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A settings document. It is empty and has version 0 until it is written for the first time. */
export interface SettingsDocument {
  readonly document: JsonObject;
  readonly version: number;
}

export interface SettingsChange {
  readonly section: SettingsSection;
  /** The version that the caller has read; undefined accepts any version. */
  readonly expectedVersions: ExpectedVersions;
  /** The user who changes the document; null for an API key of the organization. */
  readonly actorId: string | null;
}

/** Reads and writes the settings documents of an organization. Each has a version. */
@Injectable()
export class SettingsDocumentsService {
  constructor(private readonly db: TenantDb) {}

  async readDocument(section: SettingsSection, db: TenantDb | TenantTransaction = this.db): Promise<SettingsDocument> {
    const row = await db.settingsDocument.findFirst({ where: { section }, select: { document: true, version: true } });
    return row === null ? { document: {}, version: 0 } : { document: row.document as JsonObject, version: row.version };
  }

  /**
   * Changes a document. Locks the organization, so no update is lost, and rules about members see no concurrent change of the
   * memberships.
   *
   * @param change receives the document and returns the new one
   * @throws {VersionConflictError} when the document does not have the expected version
   */
  async changeDocument(
    { section, expectedVersions, actorId }: SettingsChange,
    change: (document: JsonObject, tx: TenantTransaction) => JsonObject | Promise<JsonObject>,
  ): Promise<SettingsDocument> {
    return this.db.$transaction(
      async (tx) => {
        const { document, version } = await this.readDocument(section, tx);
        if (!accepts(expectedVersions, version)) throw new VersionConflictError();
        const next = await change(document, tx);
        await lastStatement(() => this.#write(tx, section, version, next, actorId));
        return { document: next, version: version + 1 };
      },
      { locksOrganization: true },
    );
  }

  async #write(tx: TenantTransaction, section: SettingsSection, version: number, next: JsonObject, actorId: string | null): Promise<void> {
    const document = next as Prisma.InputJsonObject;
    if (version === 0) await tx.settingsDocument.createMany({ data: { section, document, updatedById: actorId } });
    else await tx.settingsDocument.updateMany({ where: { section }, data: { document, version: version + 1, updatedById: actorId } });
  }
}
