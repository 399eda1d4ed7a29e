import { randomBytes } from 'node:crypto';
import type { Client } from './client.js';
import type { ReceivedMails } from './received-mails.js';

export const goodPassword = 'correct horse battery staple';

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
  readonly slug: string;
  /** Signed in, working in `organizationId`. */
  readonly api: Client;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** `/organizations/<their organization>` */
  readonly home: string;
}

/** Makes users and organizations over HTTP. A test names only what it cares about; everything else is made up and new. */
export class World {
  constructor(
    private readonly api: Client,
    private readonly mailbox: ReceivedMails,
  ) {}

  unique(prefix = 'x'): string {
    return `${prefix}-${randomBytes(5).toString('hex')}`;
  }

  email(prefix = 'user'): string {
    return `${this.unique(prefix)}@example.com`;
  }

  /** Somebody who signed up, and so owns an organization. */
  async owner({ email = this.email('owner'), organization = this.unique('org'), verified = false } = {}): Promise<Person> {
    const { status, body, text } = await this.api.post('/auth/signup', { email, password: goodPassword, name: 'Olive Owner', organization: { name: organization } });
    if (status !== 201) throw new Error(`signup answered ${status}: ${text}`);
    if (verified) await this.verify(email);
    return this.#person(email, body.user.id, body.organization, body);
  }

  /** Verifies an address by the mailed link and the password of the account. */
  async verify(email: string, password = goodPassword): Promise<void> {
    const { token } = await this.mailbox.waitFor(email, 'Confirm');
    const { status, text } = await this.api.post('/auth/email/verify', { token, password });
    if (status !== 204) throw new Error(`verification answered ${status}: ${text}`);
  }

  /** A new user who accepted an invitation of `inviter`, in the given role. */
  async member(inviter: Person, role = 'member', email = this.email(role)): Promise<Person> {
    const token = await this.invitationToken(inviter, email, role);
    const { status, body, text } = await this.api.post('/invitations/accept', { token, name: 'Mel Member', password: goodPassword });
    if (status !== 201) throw new Error(`accept answered ${status}: ${text}`);
    return this.#person(email, body.userId, body.organization, body);
  }

  /** Makes an existing user with a verified address a member of another organization: by an invitation that they accept. */
  async join(inviter: Person, guest: Person, role = 'member'): Promise<void> {
    const { status, text } = await guest.api.post('/invitations/accept', { token: await this.invitationToken(inviter, guest.email, role) });
    if (status !== 201) throw new Error(`accept answered ${status}: ${text}`);
  }

  /** The token of a new invitation that is delivered as a link. */
  async invitationToken(inviter: Person, email: string, role = 'member'): Promise<string> {
    const { status, body, text } = await inviter.api.post(`${inviter.home}/invitations`, { email, role, delivery: 'link' });
    if (status !== 201) throw new Error(`invite answered ${status}: ${text}`);
    return new URL(body.data[0].link).searchParams.get('token') ?? '';
  }

  /** Two strangers, each owner of an organization: the cast of every isolation test. */
  async twoTenants(): Promise<readonly [Person, Person]> {
    return [await this.owner(), await this.owner()];
  }

  #person(email: string, userId: string, organization: { id: string; slug: string }, tokens: { accessToken: string; refreshToken: string }): Person {
    const { accessToken, refreshToken } = tokens;
    const home = `/organizations/${organization.id}`;
    return { userId, email, organizationId: organization.id, slug: organization.slug, api: this.api.as(accessToken), accessToken, refreshToken, home };
  }
}
