// Companies of the demo: sign-up, invitations, projects and the removal of a member.
import { randomBytes } from 'node:crypto';
import { findLink } from './letterbox.mjs';
import { expectAnswer, say } from './stage.mjs';

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
  company.admin = await join(api, company, 'admin');
  company.member = await join(api, company, 'member');
  const project = await company.member.api.post(`${home}/projects`, { name: `${name} website`, assigneeId: company.admin.userId });
  expectAnswer(`${name}'s member creates a project and assigns it to the admin`, project, 201);
  const task = await owner.api.post(`${home}/projects/${project.body.id}/tasks`, { title: 'Choose a font' });
  expectAnswer(`${name}'s owner adds a task`, task, 201);
  return { ...company, projectId: project.body.id, taskId: task.body.id, snapshot: () => snapshot(owner.api, home, project.body.id) };
}

/** Reads everything that other companies must not be able to change. */
async function snapshot(api, home, projectId) {
  const paths = [home, `${home}/members`, `${home}/invitations`, `${home}/projects`, `${home}/projects/${projectId}/tasks`];
  return Promise.all(paths.map(async (path) => (await api.get(path)).body));
}

/** Invites a person, who accepts with a new account. */
async function join(api, { name, home, slug, owner }, role) {
  const email = `${role}@${slug}.example`;
  const { token, how } = await invite(owner, home, email, role);
  const accepted = await api.post('/invitations/accept', { token, name: `${name} ${role}`, password });
  expectAnswer(`${email} is invited as ${role} and accepts with the ${how}`, accepted, 201);
  const { userId, accessToken, refreshToken } = accepted.body;
  return { userId, email, api: api.as(accessToken), accessToken, refreshToken, invitationToken: token };
}

let noLetterbox = false;

/** Invites by mail if the demo can read the mail folder of the server. Otherwise the inviter requests the link. */
export async function invite(inviter, home, email, role) {
  if (!noLetterbox) {
    await inviter.api.post(`${home}/invitations`, { email, role });
    const link = await findLink(email);
    if (link !== undefined) return { token: new URL(link).searchParams.get('token'), how: 'link in the mail' };
    noLetterbox = true;
    say('(The mail folder cannot be read, because mail is sent through SMTP_URL or by another machine. Invitation links are requested instead.)');
  }
  const { body } = await inviter.api.post(`${home}/invitations`, { email, role, delivery: 'link' });
  return { token: new URL(body.data[0].link).searchParams.get('token'), how: 'requested link' };
}

export async function removeMember({ name, home, owner, member }) {
  expectAnswer(`${name}'s member reads the projects`, await member.api.get(`${home}/projects`), 200);
  expectAnswer(`${name}'s owner removes the member`, await owner.api.delete(`${home}/members/${member.userId}`), 204);
  expectAnswer("the member's next request, with the same token", await member.api.get(`${home}/projects`), 404, 'organization_not_found');
}
