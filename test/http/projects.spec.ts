import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

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

  it('projects can be assigned only to members of the same organization', async () => {
    for (const assigneeId of [b.userId, random]) {
      expect(await a.api.post(`${a.home}/projects`, { name: 'x', assigneeId })).toMatchObject({
        status: 422,
        body: { code: 'reference_not_found', errors: [{ pointer: '/assigneeId' }] },
      });
    }
    const id = await project(a);
    expect((await a.api.patch(`${a.home}/projects/${id}`, { assigneeId: b.userId })).status).toBe(422);
    expect((await a.api.post(`${a.home}/projects/${id}/tasks`, { title: 'x', assigneeId: b.userId })).status).toBe(422);
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
