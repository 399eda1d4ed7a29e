import { randomBytes } from 'node:crypto';
import type { NewPerson, SignedInPerson } from '../control/people.js';
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

interface WantedOwner {
  readonly email?: string;
  /** The name of the organization. */
  readonly organization?: string;
  readonly verified?: boolean;
}

/** Makes users and organizations. A test names only what it cares about; everything else is made up and new. */
export class World {
  /** @param addPerson makes a person without an invitation and mails; they sign up and accept invitations where it is left out */
  constructor(
    private readonly api: Client,
    private readonly mailbox: ReceivedMails,
    private readonly addPerson?: (person: NewPerson) => Promise<SignedInPerson>,
  ) {}

  unique(prefix = 'x'): string {
    return `${prefix}-${randomBytes(5).toString('hex')}`;
  }

  email(prefix = 'user'): string {
    return `${this.unique(prefix)}@example.com`;
  }

  /** Somebody who owns an organization, is signed in, and got no mail. */
  async owner(wanted: WantedOwner = {}): Promise<Person> {
    if (this.addPerson === undefined) return this.signUp(wanted);
    const { email = this.email('owner'), organization = this.unique('org'), verified = false } = wanted;
    return this.#person(email, await this.addPerson({ email, name: 'Olive Owner', password: goodPassword, verified, organization }));
  }

  /** A new member of the organization of `inviter`, who is signed in, and got no mail. */
  async member(inviter: Person, role = 'member', email = this.email(role)): Promise<Person> {
    if (this.addPerson === undefined) return this.invited(inviter, role, email);
    const organization = { id: inviter.organizationId, role };
    return this.#person(email, await this.addPerson({ email, name: 'Mel Member', password: goodPassword, verified: false, organization }));
  }

  /** Somebody who signed up, and so owns an organization, and got the mail that verifies their address. */
  async signUp({ email = this.email('owner'), organization = this.unique('org'), verified = false }: WantedOwner = {}): Promise<Person> {
    const { status, body, text } = await this.api.post('/auth/signup', { email, password: goodPassword, name: 'Olive Owner', organization: { name: organization } });
    if (status !== 201) throw new Error(`signup answered ${status}: ${text}`);
    if (verified) await this.verify(email);
    return this.#person(email, { ...body, userId: body.user.id });
  }

  /** A new user who accepted an invitation of `inviter`, in the given role, and got the mail that verifies their address. */
  async invited(inviter: Person, role = 'member', email = this.email(role)): Promise<Person> {
    const token = await this.invitationToken(inviter, email, role);
    const { status, body, text } = await this.api.post('/invitations/accept', { token, name: 'Mel Member', password: goodPassword });
    if (status !== 201) throw new Error(`accept answered ${status}: ${text}`);
    return this.#person(email, body);
  }

  /** Verifies an address by the mailed link and the password of the account. */
  async verify(email: string, password = goodPassword): Promise<void> {
    const { token } = await this.mailbox.waitFor(email, 'Confirm');
    const { status, text } = await this.api.post('/auth/email/verify', { token, password });
    if (status !== 204) throw new Error(`verification answered ${status}: ${text}`);
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

  #person(email: string, { userId, organization, accessToken, refreshToken }: SignedInPerson): Person {
    const home = `/organizations/${organization.id}`;
    return { userId, email, organizationId: organization.id, slug: organization.slug, api: this.api.as(accessToken), accessToken, refreshToken, home };
  }
}
