import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { PlatformDb } from '../../database/platform-db.js';
import { UsersService } from './users.service.js';

/** The first operator, as told once to whoever started the server. */
export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
}

/** Users who operate the platform. */
@Injectable()
export class PlatformAdminsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
  ) {}

  /**
   * Makes somebody an operator: the user who has proved the address, or a new one, whose address the caller vouches for.
   *
   * @returns the password only when it was made just now
   * @throws {WeakPasswordError}
   */
  async createPlatformAdmin(email: string, name: string, password?: string): Promise<{ userId: string; email: string; password?: string }> {
    const known = await this.users.findVerifiedUser(email);
    const chosen = password ?? randomBytes(15).toString('base64url');
    const prepared = known === null ? await this.users.prepareUser({ email, name, password: chosen }) : undefined;
    return this.platform.$transaction(async (tx) => {
      const user = prepared === undefined ? known : await this.users.createUser(tx, prepared, true);
      if (user === null) throw new Error('neither a known user nor a new one');
      await tx.platformAdmin.createMany({ data: { userId: user.id }, skipDuplicates: true });
      return { userId: user.id, email, ...(prepared === undefined || password !== undefined ? {} : { password: chosen }) };
    });
  }

  /**
   * Makes the first platform admin when there is none yet; replicas that start together make one between them.
   *
   * @param password a random one is made when left out
   * @returns the admin that was made; the password is known nowhere else
   */
  async createFirstPlatformAdmin(email: string, password = randomBytes(15).toString('base64url')): Promise<FirstAdmin | undefined> {
    if ((await this.platform.platformAdmin.count()) > 0) return undefined;
    const prepared = await this.users.prepareUser({ email: email.toLowerCase(), name: 'Platform Admin', password });
    return this.platform.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('tenantry:first-admin'))`;
      if ((await tx.platformAdmin.count()) > 0) return undefined;
      const user = await this.users.createUser(tx, prepared, true);
      await tx.platformAdmin.create({ data: { userId: user.id } });
      return { email: user.email, password };
    });
  }
}
