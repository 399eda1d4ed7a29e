import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { PlatformDb } from '../../database/platform-db.js';
import { Users } from './users.service.js';

/** The first operator, as told once to whoever started the server. */
export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
}

/** Users who operate the platform. */
@Injectable()
export class PlatformAdmins {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: Users,
  ) {}

  /**
   * Makes the first platform admin when there is none yet; replicas that start together make one between them.
   *
   * @param password a random one is made when left out
   * @returns the admin that was made; the password is known nowhere else
   */
  async ensureFirst(email: string, password = randomBytes(15).toString('base64url')): Promise<FirstAdmin | undefined> {
    if ((await this.platform.platformAdmin.count()) > 0) return undefined;
    const prepared = await this.users.prepare({ email: email.toLowerCase(), name: 'Platform Admin', password });
    return this.platform.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('tenantry:first-admin'))`;
      if ((await tx.platformAdmin.count()) > 0) return undefined;
      const user = await this.users.create(tx, prepared, true);
      await tx.platformAdmin.create({ data: { userId: user.id } });
      return { email: user.email, password };
    });
  }
}
