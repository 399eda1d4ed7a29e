import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { AppError } from '../../../common/errors/app-error.js';
import { toOneLine } from '../../../common/text/readable-text.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { SsoAttempt, SsoConnection, SsoIdentity } from '../../../generated/prisma/client.js';
import { isOperator } from '../platform/is-operator.js';
import { IdentityProvidersService } from '../providers/identity-providers.service.js';
import type { CheckedReturn } from '../providers/provider-sign-ins.service.js';
import { ProviderRefusedError, ProviderVisitEndedError } from '../providers/providers.errors.js';
import { ProviderVisitsService, type ProviderVisit } from '../providers/provider-visits.service.js';
import { keptAttempts, SsoConnectionsService, visitNameOf } from './sso-connections.service.js';
import { SamlService } from './saml/saml.service.js';
import type { SsoUser } from './sso-roles.policy.js';

/** Sends users to the identity providers of connections, by either protocol, reads whom they name, and notes how it ended. */
@Injectable()
export class SsoVisitsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly connections: SsoConnectionsService,
    private readonly providers: IdentityProvidersService,
    private readonly saml: SamlService,
    private readonly kept: ProviderVisitsService,
    private readonly clock: Clock,
  ) {}

  /** @returns the page of the identity provider @throws {ProviderUnavailableError} */
  async beginVisit(connection: SsoConnection, purpose: ProviderVisit['purpose'], challenge: string): Promise<string> {
    const { url, secrets } = await (connection.protocol === 'saml'
      ? this.saml.beginVisit(connection, this.connections.privateKeysOf(connection)[0])
      : this.providers.beginVisit(this.connections.issuerOf(connection)));
    await this.kept.keepVisit({ provider: visitNameOf(connection), purpose, challenge, ...secrets });
    return url;
  }

  /** Ends a visit to the provider of a connection and returns it. @throws {ProviderVisitEndedError} */
  async takeVisit(connection: SsoConnection, { state, verifier }: CheckedReturn): Promise<ProviderVisit> {
    return this.kept.takeVisit(visitNameOf(connection), state, verifier);
  }

  /** Returns the user whom the identity provider names. @throws {ProviderUnavailableError | ProviderRefusedError} */
  identify(connection: SsoConnection, visit: ProviderVisit, returned: CheckedReturn): Promise<SsoUser> {
    return connection.protocol === 'saml'
      ? this.saml.completeVisit(connection, visit, this.connections.privateKeysOf(connection))
      : this.providers.completeVisit(this.connections.issuerOf(connection), visit, returned);
  }

  /**
   * Locks a connection until the transaction ends, so that the user whom its identity provider has named is still the one whom it would name.
   *
   * @param connection as it was read before the identity provider was asked
   * @throws {ProviderVisitEndedError} when it was changed, disabled or deleted since
   */
  async lockUnchanged(tx: PlatformTransaction, { organizationId, id, updatedAt }: SsoConnection): Promise<void> {
    const same = await tx.$queryRaw<
      unknown[]
    >`select from sso_connections where organization_id = ${organizationId}::uuid and id = ${id}::uuid and enabled and updated_at = ${updatedAt} for share`;
    if (same.length === 0) throw new ProviderVisitEndedError('provider_visit_connection_changed');
  }

  /** Notes a successful test of a connection. `updated_at` stays: the visits of others need not end. @throws {ProviderVisitEndedError} when it was changed or deleted since it was read */
  async noteTest({ organizationId, id, updatedAt }: SsoConnection): Promise<void> {
    const noted = await this.platform
      .$executeRaw`update sso_connections set tested_at = ${this.clock.now()} where organization_id = ${organizationId}::uuid and id = ${id}::uuid and updated_at = ${updatedAt}`;
    if (noted === 0) throw new ProviderVisitEndedError('provider_visit_connection_changed');
  }

  /** Returns the identity that belongs to an account at the identity provider. */
  findIdentity(
    db: PlatformDb | PlatformTransaction,
    { organizationId, id: connectionId }: SsoConnection,
    { issuer, subject }: Pick<SsoUser, 'issuer' | 'subject'>,
  ): Promise<SsoIdentity | null> {
    return db.ssoIdentity.findUnique({ where: { organizationId_connectionId_issuer_subject: { organizationId, connectionId, issuer, subject } } });
  }

  /**
   * Notes how a sign-in ended, for the administrators of the organization. A return that belongs to no visit is not noted: anybody could displace the notes with it.
   *
   * @param success the outcome to note; undefined to note failures alone
   */
  async noted<Result>(connection: SsoConnection, success: string | undefined, work: (note: (email: string | null) => void) => Promise<Result>): Promise<Result> {
    let email: string | null = null;
    try {
      const result = await work((found) => void (email = found));
      if (success !== undefined) await this.#note(connection, { outcome: success, email, detail: null });
      return result;
    } catch (error) {
      if (error instanceof AppError) await this.#note(connection, { outcome: error.code, email, detail: detailOf(error) });
      throw error;
    }
  }

  async #note({ organizationId, id: connectionId }: SsoConnection, attempt: Pick<SsoAttempt, 'outcome' | 'email' | 'detail'>): Promise<void> {
    const of = { organizationId, connectionId };
    await this.platform.ssoAttempt.createMany({ data: { ...of, ...attempt } });
    const old = await this.platform.ssoAttempt.findMany({ where: of, orderBy: { id: 'desc' }, skip: keptAttempts, select: { id: true } });
    if (old.length > 0) await this.platform.ssoAttempt.deleteMany({ where: { ...of, id: { in: old.map(({ id }) => id) } } });
  }
}

/** Returns what is wrong, with the messages of the causes and what the provider says. The causes themselves can contain tokens. */
function detailOf(error: Error): string {
  const messages: string[] = [];
  for (let each: unknown = error; each instanceof Error && messages.length < 4; each = each.cause) {
    messages.push(each.message);
    const { error: code, error_description: description } = each as { readonly error?: unknown; readonly error_description?: unknown };
    for (const said of [code, description]) if (typeof said === 'string') messages.push(said);
  }
  return toOneLine(messages.join(' — '), 500);
}

/** An organization must not sign in as an operator of the installation. @param label of the connection @throws {ProviderRefusedError} */
export async function assertNoOperator(db: PlatformDb | PlatformTransaction, userId: string, label: string): Promise<void> {
  if (await isOperator(db, userId)) throw new ProviderRefusedError(label, 'identity_account_refused');
}
