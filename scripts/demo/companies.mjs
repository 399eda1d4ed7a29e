// Companies of the demo: sign-up, invitations, teams and the removal of a member, with the SDK.
import { randomBytes } from 'node:crypto';
import { createClient } from '@tenantry/sdk';
import { expectAnswer } from './stage.mjs';

export const password = 'correct horse battery staple';
export const unique = (name) => `${name.toLowerCase()}-${randomBytes(4).toString('hex')}`;

/** Creates a company with an owner, an admin, a member, and a team of the two. */
export async function foundCompany(api, name) {
  const slug = unique(name);
  const email = `owner@${slug}.example`;
  const client = createClient({ url: api.url });
  const signup = await client.send('signUp', { body: { email, password, name: `${name} Owner`, organization: { name, slug } } });
  expectAnswer(`${name} signs up`, signup, 201);
  const { user, organization } = signup.data;
  const owner = await personOf(api, client, organization.id, { userId: user.id, email });
  const company = { name, slug, id: organization.id, home: `/organizations/${organization.id}`, owner, password };
  const roles = await rolesOf(owner);
  company.admin = await join(api, company, roles.admin);
  company.member = await join(api, company, roles.member);
  const team = await owner.client.send('createTeam', { body: { name: `${name} website` } });
  expectAnswer(`${name}'s owner creates a team`, team, 201);
  const path = { teamId: team.data.id };
  for (const { userId } of [company.admin, company.member]) {
    expectAnswer(`${name}'s owner adds a member to it`, await owner.client.send('addTeamMember', { path: { ...path, userId } }), 204);
  }
  return { ...company, roles, teamId: team.data.id, snapshot: () => snapshot(owner.client, path) };
}

/** A person with two clients: the SDK, and one that sends any request, for the attacks. */
async function personOf(api, client, organizationId, person) {
  const { accessToken, refreshToken } = await client.tokens();
  return { ...person, client: client.forOrganization(organizationId), api: api.as(accessToken), accessToken, refreshToken };
}

/** Reads everything that other companies must not be able to change. */
async function snapshot(client, path) {
  return Promise.all([client.getOrganization(), client.listMembers(), client.listInvitations(), client.listTeams(), client.listTeamMembers({ path })]);
}

const allows = ({ permissions }, permission) => permissions.some((each) => ['*', permission, permission.replace(/:.*/, ':*')].includes(each));

/** Returns the roles of the catalog that the demo gives: one that manages members, and one that sees the teams without managing members. */
async function rolesOf({ client }) {
  const { data } = await client.listRoles();
  const roles = data.filter(({ key, custom }) => !custom && key !== 'owner').sort((one, other) => other.rank - one.rank);
  const admin = roles.find((role) => allows(role, 'members:write') && allows(role, 'invitations:write'));
  const member = roles.findLast((role) => allows(role, 'teams:read') && !allows(role, 'invitations:write'));
  if (admin === undefined || member === undefined) throw new Error('The catalog has no role that manages members, or none that only sees the teams. The demo needs both.');
  return { admin: admin.key, member: member.key };
}

/** Invites a person, who accepts with a new account. */
async function join(api, { id, name, slug, owner }, role) {
  const email = `${role.replaceAll('_', '-')}@${slug}.example`;
  const { token } = await invite(owner, email, role);
  const client = createClient({ url: api.url });
  const accepted = await client.send('acceptInvitation', { body: { token, name: `${name} ${role}`, password } });
  expectAnswer(`${email} is invited as ${role} and accepts with the link`, accepted, 201);
  return personOf(api, client, id, { userId: accepted.data.userId, email, invitationToken: token });
}

/** Invites a person, and returns the token of the link, which their mail would contain. */
export async function invite({ client }, email, role) {
  const { data } = await client.createInvitations({ body: { email, role, delivery: 'link' } });
  return { token: new URL(data[0].link).searchParams.get('token') };
}

export async function removeMember({ name, owner, member }) {
  expectAnswer(`${name}'s member reads the teams`, await member.client.send('listTeams'), 200);
  expectAnswer(`${name}'s owner removes the member`, await owner.client.send('removeMember', { path: { userId: member.userId } }), 204);
  const refused = await member.client.send('listTeams').catch((error) => ({ status: error.status, body: error.problem }));
  expectAnswer("the member's next request, with the same token", refused, 404, 'organization_not_found');
}
