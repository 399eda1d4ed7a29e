import type { INestApplicationContext } from '@nestjs/common';
import { Clock } from '../../src/common/clock.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { deviceOf } from '../../src/modules/auth/sessions/device.js';
import { SessionsService } from '../../src/modules/auth/sessions/sessions.service.js';
import { UsersService } from '../../src/modules/auth/users.service.js';
import { insertMembership } from '../../src/modules/members/new-members.js';
import { OrganizationDirectoryService } from '../../src/modules/organizations/organization-directory.service.js';

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly verified: boolean;
  /** The name of a new organization, which the person owns, or the id of one with the role that they get. */
  readonly organization: string | { readonly id: string; readonly role: string };
}

/** Somebody who is signed in. */
export interface SignedInPerson {
  readonly userId: string;
  readonly organization: { readonly id: string; readonly slug: string };
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * Makes a new user the owner of a new organization, or a member of another one, and signs them in: by the services of the application, in
 * one transaction, but without the invitation, its rules and the mails. Nearly all tests need people, and few care how they came.
 */
export async function addPerson(app: INestApplicationContext, { verified, organization: wanted, ...person }: NewPerson): Promise<SignedInPerson> {
  const [users, sessions, directory] = [app.get(UsersService), app.get(SessionsService), app.get(OrganizationDirectoryService)];
  const prepared = await users.prepareUser(person);
  const locked = typeof wanted === 'string' ? {} : { locksOrganization: wanted.id };
  return app.get(PlatformDb).$transaction(async (tx) => {
    const { id: userId, email } = await users.createUser(tx, prepared, verified);
    const organization =
      typeof wanted === 'string' ? await directory.createOrganization(tx, userId, { name: wanted }) : await tx.organization.findUniqueOrThrow({ where: { id: wanted.id } });
    if (typeof wanted === 'object') await insertMembership(tx, { organizationId: wanted.id, userId, email, role: wanted.role }, app.get(Clock).now());
    await tx.user.update({ where: { id: userId }, data: { defaultOrganizationId: organization.id } });
    const tokens = await sessions.startSession(tx, { userId, organizationId: organization.id, rememberMe: false, method: 'password', device: deviceOf('node', '127.0.0.1') });
    return { userId, organization: { id: organization.id, slug: organization.slug }, ...tokens };
  }, locked);
}
