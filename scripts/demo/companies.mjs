// Companies of the demo: sign-up, invitations, projects and the removal of a member.
import { randomBytes } from 'node:crypto';
import { expectAnswer } from './stage.mjs';

export const password = 'correct horse battery staple';
export const unique = (name) => `${name.toLowerCase()}-${randomBytes(4).toString('hex')}`;

/** Creates a company with an owner, an admin, a member, a project and a task. */
export async function foundCompany(api, name) {
  const slug = unique(name);
  const email = `owner@${slug}.example`;
  const signup = await api.post('/auth/signup', { email, password, name: `${name} Owner`, organization: { name, slug } });
  expectAnswer(`${name} signs up`, signup, 201);
  const { user, organization, accessToken, refreshToken } = signup.body;
  const home = `/organizations/${organization.id}`;
  const owner = { userId: user.id, email, api: api.as(accessToken), accessToken, refreshToken };
  const company = { name, slug, id: organization.id, home, owner, password };
  const roles = await rolesOf(company);
  company.admin = await join(api, company, roles.admin);
  company.member = await join(api, company, roles.member);
  const project = await company.member.api.post(`${home}/projects`, { name: `${name} website`, assigneeId: company.admin.userId });
  expectAnswer(`${name}'s member creates a project and assigns it to the admin`, project, 201);
  const task = await owner.api.post(`${home}/projects/${project.body.id}/tasks`, { title: 'Choose a font' });
  expectAnswer(`${name}'s owner adds a task`, task, 201);
  return { ...company, roles, projectId: project.body.id, taskId: task.body.id, snapshot: () => snapshot(owner.api, home, project.body.id) };
}

/** Reads everything that other companies must not be able to change. */
async function snapshot(api, home, projectId) {
  const paths = [home, `${home}/members`, `${home}/invitations`, `${home}/projects`, `${home}/projects/${projectId}/tasks`];
  return Promise.all(paths.map(async (path) => (await api.get(path)).body));
}

const allows = ({ permissions }, permission) => permissions.some((each) => ['*', permission, permission.replace(/:.*/, ':*')].includes(each));

/** Returns the roles of the catalog that the demo gives: one that manages members, and one that works on projects without managing members. */
async function rolesOf({ owner, home }) {
  const { body } = await owner.api.get(`${home}/roles`);
  const roles = body.data.filter(({ key, custom }) => !custom && key !== 'owner').sort((one, other) => other.rank - one.rank);
  const admin = roles.find((role) => allows(role, 'members:write') && allows(role, 'invitations:write'));
  const member = roles.findLast((role) => allows(role, 'projects:write') && !allows(role, 'invitations:write'));
  if (admin === undefined || member === undefined) throw new Error('The catalog has no role that manages members, or none that only works on projects. The demo needs both.');
  return { admin: admin.key, member: member.key };
}

/** Invites a person, who accepts with a new account. */
async function join(api, { name, home, slug, owner }, role) {
  const email = `${role.replaceAll('_', '-')}@${slug}.example`;
  const { token } = await invite(owner, home, email, role);
  const accepted = await api.post('/invitations/accept', { token, name: `${name} ${role}`, password });
  expectAnswer(`${email} is invited as ${role} and accepts with the link`, accepted, 201);
  const { userId, accessToken, refreshToken } = accepted.body;
  return { userId, email, api: api.as(accessToken), accessToken, refreshToken, invitationToken: token };
}

/** Invites a person, and returns the token of the link, which their mail would contain. */
export async function invite({ api }, home, email, role) {
  const { status, body } = await api.post(`${home}/invitations`, { email, role, delivery: 'link' });
  if (status !== 201) throw new Error(`${email} could not be invited: ${status} ${body?.code}: ${body?.detail}`);
  return { token: new URL(body.data[0].link).searchParams.get('token') };
}

export async function removeMember({ name, home, owner, member }) {
  expectAnswer(`${name}'s member reads the projects`, await member.api.get(`${home}/projects`), 200);
  expectAnswer(`${name}'s owner removes the member`, await owner.api.delete(`${home}/members/${member.userId}`), 204);
  expectAnswer("the member's next request, with the same token", await member.api.get(`${home}/projects`), 404, 'organization_not_found');
}
