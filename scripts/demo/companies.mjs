// Companies of the demo: sign-up, invitations, projects and the removal of a member, with the SDK.
import { randomBytes } from 'node:crypto';
import { createClient } from '@tenantry/sdk';
import { expectAnswer } from './stage.mjs';

export const password = 'correct horse battery staple';
export const unique = (name) => `${name.toLowerCase()}-${randomBytes(4).toString('hex')}`;

/** Creates a company with an owner, an admin, a member, a project and a task. */
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
  const project = await company.member.client.send('createProject', { body: { name: `${name} website`, assigneeId: company.admin.userId } });
  expectAnswer(`${name}'s member creates a project and assigns it to the admin`, project, 201);
  const path = { projectId: project.data.id };
  const task = await owner.client.send('createTask', { path, body: { title: 'Choose a font' } });
  expectAnswer(`${name}'s owner adds a task`, task, 201);
  return { ...company, roles, projectId: project.data.id, taskId: task.data.id, snapshot: () => snapshot(owner.client, path) };
}

/** A person with two clients: the SDK, and one that sends any request, for the attacks. */
async function personOf(api, client, organizationId, person) {
  const { accessToken, refreshToken } = await client.tokens();
  return { ...person, client: client.forOrganization(organizationId), api: api.as(accessToken), accessToken, refreshToken };
}

/** Reads everything that other companies must not be able to change. */
async function snapshot(client, path) {
  return Promise.all([client.getOrganization(), client.listMembers(), client.listInvitations(), client.listProjects(), client.listTasks({ path })]);
}

const allows = ({ permissions }, permission) => permissions.some((each) => ['*', permission, permission.replace(/:.*/, ':*')].includes(each));

/** Returns the roles of the catalog that the demo gives: one that manages members, and one that works on projects without managing members. */
async function rolesOf({ client }) {
  const { data } = await client.listRoles();
  const roles = data.filter(({ key, custom }) => !custom && key !== 'owner').sort((one, other) => other.rank - one.rank);
  const admin = roles.find((role) => allows(role, 'members:write') && allows(role, 'invitations:write'));
  const member = roles.findLast((role) => allows(role, 'projects:write') && !allows(role, 'invitations:write'));
  if (admin === undefined || member === undefined) throw new Error('The catalog has no role that manages members, or none that only works on projects. The demo needs both.');
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
  expectAnswer(`${name}'s member reads the projects`, await member.client.send('listProjects'), 200);
  expectAnswer(`${name}'s owner removes the member`, await owner.client.send('removeMember', { path: { userId: member.userId } }), 204);
  const refused = await member.client.send('listProjects').catch((error) => ({ status: error.status, body: error.problem }));
  expectAnswer("the member's next request, with the same token", refused, 404, 'organization_not_found');
}
