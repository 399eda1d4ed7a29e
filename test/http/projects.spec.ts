import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

const random = '0192b8a0-0000-7000-8000-000000000000';

let server: TestServer;
let a: Person;
let b: Person;
beforeAll(async () => {
  server = await startTestServer();
  [a, b] = await server.world.twoTenants();
});
afterAll(() => server.close());

const project = async (person: Person, body: object = { name: 'Project' }): Promise<string> => (await person.api.post(`${person.home}/projects`, body)).body.id;

describe('projects and their tasks', () => {
  it('projects and tasks are created, read, updated and deleted', async () => {
    const made = await a.api.post(`${a.home}/projects`, { name: ' Website ', description: 'New', assigneeId: a.userId });
    expect(made).toMatchObject({ status: 201, body: { name: 'Website', description: 'New', assigneeId: a.userId } });
    const path = `${a.home}/projects/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`/api/v1${path}`);
    expect((await a.api.patch(path, { description: null, assigneeId: null })).body).toMatchObject({ name: 'Website', description: null, assigneeId: null });
    const task = await a.api.post(`${path}/tasks`, { title: 'Font' });
    expect(task).toMatchObject({ status: 201, body: { title: 'Font', done: false, projectId: made.body.id } });
    expect((await a.api.patch(`${path}/tasks/${task.body.id}`, { done: true })).body.done).toBe(true);
    expect((await a.api.get(`${path}/tasks`)).body.data).toHaveLength(1);
    expect((await a.api.delete(path)).status).toBe(204);
    expect((await a.api.get(`${path}/tasks/${task.body.id}`)).status).toBe(404);
    expect((await a.api.delete(path)).status).toBe(404);
  });

  it('projects and tasks have events for their creation, their changes and their deletion', async () => {
    // Its catalog does not sell webhooks: every organization has the log of events.
    const own = await startTestServer({ CATALOG: 'quizmarker' });
    const { api, home } = await own.world.owner();
    const read = async (after: number) => (await api.get(`/events?after=${after}&limit=100`)).body.data as { sequence: number; type: string; data: Record<string, unknown> }[];
    const before = (await read(0)).at(-1)?.sequence ?? 0;
    const made = await api.post(`${home}/projects`, { name: 'Website', description: 'New' });
    expect(await read(before)).toMatchObject([{ type: 'project.created', data: made.body }]);
    const path = `${home}/projects/${made.body.id}`;
    await api.patch(path, { name: 'Site' });
    expect(await read(before + 1)).toMatchObject([{ type: 'project.updated', data: { name: 'Site' } }]);
    await api.post(`${path}/tasks`, { title: 'Font' });
    await read(0);
    await api.delete(path);
    const deleted = await read(before + 2);
    await own.close();
    expect(deleted.map(({ type }) => type).sort()).toEqual(['project.deleted', 'task.created', 'task.deleted']);
    expect(deleted.find(({ type }) => type === 'project.deleted')?.data).toEqual({ id: made.body.id });
  });

  it('projects can be assigned only to members of the same organization', async () => {
    for (const assigneeId of [b.userId, random]) {
      const refused = await a.api.post(`${a.home}/projects`, { name: 'x', assigneeId });
      expect(refused).toMatchObject({ status: 422, body: { code: 'reference_not_found', errors: [{ pointer: '/assigneeId' }] } });
      expect(refused.text).not.toMatch(/prisma|constraint|fkey|memberships|organization_id/i);
    }
    const id = await project(a);
    expect((await a.api.patch(`${a.home}/projects/${id}`, { assigneeId: b.userId })).status).toBe(422);
    expect((await a.api.post(`${a.home}/projects/${id}/tasks`, { title: 'x', assigneeId: b.userId })).status).toBe(422);
  });

  it('a project keeps existing without its assignee who leaves', async () => {
    const member = await server.world.member(a);
    const id = await project(a, { name: 'Stays', assigneeId: member.userId });
    expect((await member.api.post(`${a.home}/leave`)).status).toBe(204);
    expect((await a.api.get(`${a.home}/projects/${id}`)).body).toMatchObject({ name: 'Stays', assigneeId: null });
  });

  it('a project of another organization is answered like one that does not exist', async () => {
    const foreign = await project(b);
    const { body: task } = await b.api.post(`${b.home}/projects/${foreign}/tasks`, { title: 'Theirs' });
    const same = (answer: { status: number; body: object }): unknown => ({ status: answer.status, body: { ...answer.body, instance: '', requestId: '' } });
    const requests = (projectId: string, taskId: string) => [
      a.api.get(`${a.home}/projects/${projectId}`),
      a.api.patch(`${a.home}/projects/${projectId}`, { name: 'Stolen' }),
      a.api.delete(`${a.home}/projects/${projectId}`),
      a.api.get(`${a.home}/projects/${projectId}/tasks`),
      a.api.post(`${a.home}/projects/${projectId}/tasks`, { title: 'Planted' }),
      a.api.get(`${a.home}/projects/${projectId}/tasks/${taskId}`),
      a.api.patch(`${a.home}/projects/${projectId}/tasks/${taskId}`, { done: true }),
      a.api.delete(`${a.home}/projects/${projectId}/tasks/${taskId}`),
    ];
    const [theirs, nobodys] = [await Promise.all(requests(foreign, task.id)), await Promise.all(requests(random, random))];
    expect(theirs.map(same)).toEqual(nobodys.map(same));
    expect(theirs.every(({ status }) => status === 404)).toBe(true);
    expect((await b.api.get(`${b.home}/projects/${foreign}`)).body.name).toBe('Project');
    expect((await b.api.get(`${b.home}/projects/${foreign}/tasks`)).body.data).toEqual([expect.objectContaining({ title: 'Theirs', done: false })]);
  });

  it('a task is not found under another project', async () => {
    const [one, two] = [await project(a), await project(a)];
    const { body } = await a.api.post(`${a.home}/projects/${one}/tasks`, { title: 'Of one' });
    expect((await a.api.get(`${a.home}/projects/${two}/tasks/${body.id}`)).status).toBe(404);
    expect((await a.api.delete(`${a.home}/projects/${two}/tasks/${body.id}`)).status).toBe(404);
  });

  it('projects of other organizations are in no list, search or count', async () => {
    const name = server.world.unique('needle');
    await project(b, { name });
    for (const query of [`search=${name}&count=true`, `search=%25&count=true`, `assigneeId=${b.userId}&count=true`]) {
      const { body } = await a.api.get(`${a.home}/projects?${query}`);
      expect(body).toMatchObject({ data: [], total: 0 });
    }
  });
});

describe('who may change projects', () => {
  const write = (api: Client, { home }: Person): Promise<number> => api.post(`${home}/projects`, { name: 'Written' }).then(({ status }) => status);
  const read = (api: Client, { home }: Person): Promise<number> => api.get(`${home}/projects`).then(({ status }) => status);

  it('an API key reads or writes projects, according to its permissions', async () => {
    const [reads, writes] = await Promise.all(
      ['projects:read', 'projects:write'].map(async (permission) =>
        server.api.with({ 'x-api-key': (await a.api.post(`${a.home}/api-keys`, { name: 'Key', permissions: [permission] })).body.key }),
      ),
    );
    expect([await read(reads as Client, a), await write(reads as Client, a), await read(writes as Client, a), await write(writes as Client, a)]).toEqual([200, 403, 403, 201]);
  });

  it('an operator who impersonates a member writes projects only with the scope write', async () => {
    const email = server.world.email('operator');
    await server.control.createOperator(email);
    const operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
    const impersonate = async (scope: string): Promise<Client> =>
      server.api.as((await operator.post(`/tenants/${a.organizationId}/impersonate`, { userId: a.userId, reason: 'Ticket 4711', scope })).body.accessToken);
    const [reader, writer] = [await impersonate('read'), await impersonate('write')];
    expect([await read(reader, a), await write(reader, a), await write(writer, a)]).toEqual([200, 403, 201]);
  });

  it.each([
    ['toolboxai', 'teacher', 200, 201],
    ['toolboxai', 'student', 403, 403],
    ['mercura', 'sales_rep', 200, 201],
    ['mercura', 'viewer', 200, 403],
  ])('in the catalog %s, a %s reads (%i) and creates (%i) projects', async (CATALOG, role, reads, writes) => {
    const product = await startTestServer({ CATALOG });
    try {
      const owner = await product.world.owner();
      const { api } = await product.world.member(owner, role);
      expect([await read(api, owner), await write(api, owner)]).toEqual([reads, writes]);
    } finally {
      await product.close();
    }
  });
});

describe('the quota of projects', () => {
  it('a project takes a unit, unless it is refused, and returns it when it is deleted', async () => {
    const sold = await startTestServer({ CATALOG: 'test/catalogs/projects.yaml' });
    try {
      const { api, home } = await sold.world.owner();
      const make = async (body: object): Promise<{ status: number; body: any }> => api.post(`${home}/projects`, body);
      const used = async (): Promise<number> => (await api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'projects').used;
      const made = await Promise.all(Array.from({ length: 33 }, (_, number) => make({ name: `Project ${number}` })));
      expect([201, 402].map((wanted) => made.filter(({ status }) => status === wanted).length)).toEqual([30, 3]);
      expect(made.find(({ status }) => status === 402)?.body).toMatchObject({ code: 'quota_exceeded', meter: 'projects', limit: 30, remaining: 0 });
      const { id } = made.find(({ status }) => status === 201)?.body ?? {};
      expect([(await api.delete(`${home}/projects/${id}`)).status, (await api.delete(`${home}/projects/${id}`)).status, await used()]).toEqual([204, 404, 29]);
      expect([(await make({ name: 'Fails', assigneeId: random })).status, await used()]).toEqual([422, 29]);
    } finally {
      await sold.close();
    }
  });
});
