import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantDb, type TenantTransaction } from '../../../database/tenant-db.js';
import { assertCustomSettingsFit } from '../custom-settings.policy.js';
import { patchedIntegrations, readIntegrationPatches, type IntegrationPatch } from './integrations.policy.js';
import { SettingsDocumentsService, type JsonObject, type SettingsChange } from '../settings-documents.service.js';
import { TooManyIntegrationsError } from '../settings.errors.js';
import type { Versioned } from '../settings.service.js';

const maxIntegrations = 50;

/** The public state of a secret. Its value is never returned. */
export interface SecretState {
  readonly set: true;
  readonly updatedAt: Date;
}

export interface Integration {
  readonly enabled: boolean;
  readonly config: JsonObject;
  readonly secrets: Readonly<Record<string, SecretState>>;
}

/** Reads and updates connections to other services. Their secrets are stored encrypted and never returned. */
@Injectable()
export class IntegrationsService {
  readonly #box: SecretBox;

  constructor(
    private readonly db: TenantDb,
    private readonly documents: SettingsDocumentsService,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'integration', config.previousSecrets);
  }

  async getIntegrations(): Promise<Versioned<Record<string, Integration>>> {
    const { document, version } = await this.documents.readDocument('integrations');
    return { value: await this.#described(document), version };
  }

  /** @throws {InvalidSettingsError | CustomSettingsTooLargeError | TooManyIntegrationsError | VersionConflictError} */
  async updateIntegrations(change: Omit<SettingsChange, 'section'>, body: JsonObject): Promise<Versioned<Record<string, Integration>>> {
    const patches = readIntegrationPatches(body);
    const { document, version } = await this.documents.changeDocument({ ...change, section: 'integrations' }, async (current, tx) => {
      const next = assertCustomSettingsFit(patchedIntegrations(current, patches));
      if (Object.keys(next).length > maxIntegrations) throw new TooManyIntegrationsError(maxIntegrations);
      for (const [integration, patch] of patches) await this.#writeSecrets(tx, integration, patch);
      return next;
    });
    return { value: await this.#described(document), version };
  }

  /** Returns a decrypted secret, for the code that calls the other service; undefined when it is not set. */
  async readSecret(integration: string, name: string): Promise<string | undefined> {
    const row = await this.db.integrationSecret.findFirst({ where: { integration, name }, select: { sealed: true } });
    return row === null ? undefined : this.#box.open(row.sealed);
  }

  async #writeSecrets(tx: TenantTransaction, integration: string, patch: IntegrationPatch | null): Promise<void> {
    const entries = Object.entries(patch?.secrets ?? {});
    await tx.integrationSecret.deleteMany({ where: patch === null ? { integration } : { integration, name: { in: entries.map(([name]) => name) } } });
    const data = entries.flatMap(([name, text]) => (text === null ? [] : [{ integration, name, sealed: this.#box.seal(text) }]));
    if (data.length > 0) await tx.integrationSecret.createMany({ data });
  }

  async #described(document: JsonObject): Promise<Record<string, Integration>> {
    const rows = await this.db.integrationSecret.findMany({ select: { integration: true, name: true, updatedAt: true } });
    const secretsOf = (integration: string): Record<string, SecretState> =>
      Object.fromEntries(rows.filter((row) => row.integration === integration).map(({ name, updatedAt }) => [name, { set: true, updatedAt }]));
    const entries = Object.entries(document as Readonly<Record<string, { enabled: boolean; config: JsonObject }>>);
    return Object.fromEntries(entries.map(([key, { enabled, config }]) => [key, { enabled, config, secrets: secretsOf(key) }]));
  }
}
