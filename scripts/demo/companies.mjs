// Two companies do what companies do.
import { randomBytes } from 'node:crypto';
import { findLink } from './letterbox.mjs';
import { expectAnswer, say } from './stage.mjs';

export const password = 'correct horse battery staple';
export const unique = (name) => `${name.toLowerCase()}-${randomBytes(4).toString('hex')}`;

/** A company with an owner, an admin, a member, a project and a task. */
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
  expectAnswer(`${name}'s member makes a project and assigns it to the admin`, project, 201);
  const task = await owner.api.post(`${home}/projects/${project.body.id}/tasks`, { title: 'Choose a font' });
  expectAnswer(`${name}'s owner adds a task`, task, 201);
  return { ...company, projectId: project.body.id, taskId: task.body.id, snapshot: () => snapshot(owner.api, home, project.body.id) };
}

/** Everything that others must not be able to change. */
async function snapshot(api, home, projectId) {
  const paths = [home, `${home}/members`, `${home}/invitations`, `${home}/projects`, `${home}/projects/${projectId}/tasks`];
  return Promise.all(paths.map(async (path) => (await api.get(path)).body));
}

/** Invites somebody, who accepts by the mailed link with a new account. */
async function join(api, { name, home, slug, owner }, role) {
  const email = `${role}@${slug}.example`;
  const { token, how } = await invite(owner, home, email, role);
  const accepted = await api.post('/invitations/accept', { token, name: `${name} ${role}`, password });
  expectAnswer(`${email} is invited as ${role} and accepts by the ${how} link`, accepted, 201);
  const { userId, accessToken, refreshToken } = accepted.body;
  return { userId, email, api: api.as(accessToken), accessToken, refreshToken, invitationToken: token };
}

let noLetterbox = false;

/** By mail where the demo can read the server's mail folder; otherwise the inviter asks for the link. */
export async function invite(inviter, home, email, role) {
  if (!noLetterbox) {
    await inviter.api.post(`${home}/invitations`, { email, role });
    const link = await findLink(email);
    if (link !== undefined) return { token: new URL(link).searchParams.get('token'), how: 'mailed' };
    noLetterbox = true;
    say('(The mail goes elsewhere, to SMTP_URL or another machine: from here on the links are asked for.)');
  }
  const { body } = await inviter.api.post(`${home}/invitations`, { email, role, delivery: 'link' });
  return { token: new URL(body.data[0].link).searchParams.get('token'), how: 'handed-on' };
}

export async function removeMember({ name, home, owner, member }) {
  expectAnswer(`${name}'s member reads the projects`, await member.api.get(`${home}/projects`), 200);
  expectAnswer(`${name}'s owner removes the member`, await owner.api.delete(`${home}/members/${member.userId}`), 204);
  expectAnswer("the member's next request, with the same token", await member.api.get(`${home}/projects`), 404, 'organization_not_found');
}
