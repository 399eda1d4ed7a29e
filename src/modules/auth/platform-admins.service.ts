import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { PlatformDb } from '../../database/platform-db.js';
import { UsersService } from './users.service.js';

/** The first operator. The password is shown once, when the server starts for the first time. */
export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
}

/** Creates platform operators. */
@Injectable()
export class PlatformAdminsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly users: UsersService,
  ) {}

  /**
   * Makes the user with this verified address an operator, or creates a new user. The address of a new user counts as
   * verified.
   *
   * @returns the password only when it was generated
   * @throws {WeakPasswordError}
   */
  async createPlatformAdmin(email: string, name: string, password?: string): Promise<{ userId: string; email: string; password?: string }> {
    const known = await this.users.findVerifiedUser(email);
    const chosen = password ?? randomBytes(15).toString('base64url');
    const prepared = known === null ? await this.users.prepareUser({ email, name, password: chosen }) : undefined;
    return this.platform.$transaction(async (tx) => {
      const user = prepared === undefined ? known : await this.users.createUser(tx, prepared, true);
      if (user === null) throw new Error('there is neither a known nor a new user');
      await tx.platformAdmin.createMany({ data: { userId: user.id }, skipDuplicates: true });
      return { userId: user.id, email, ...(prepared === undefined || password !== undefined ? {} : { password: chosen }) };
    });
  }

  /**
   * Creates the first operator when none exists. Of several replicas that start together only one creates it.
   *
   * @param password generated when omitted
   * @returns the new operator, or undefined when one exists; the password is not stored in plain text
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
