import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

// The tables of the quizmarker preset. The project does not have them: product-tables.spec.ts runs this file in a copy that has.

let server: TestServer;
let owner: Person;
let grader: Person;
let rival: Person;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'quizmarker' });
  owner = await server.world.owner();
  grader = await server.world.member(owner, 'member');
  rival = await server.world.owner();
});
afterAll(() => server.close());

const quiz = { title: 'Fractions', questions: { '1': 'What is a half of a half?' }, status: 'published' };

async function create(person: Person, path: string, body: object): Promise<string> {
  const answer = await person.api.post(`${person.home}/${path}`, body);
  expect(answer).toMatchObject({ status: 201, body });
  return answer.body.id as string;
}

const submit = async (person: Person): Promise<Record<'quizId' | 'studentId' | 'id', string>> => {
  const refersTo = { quizId: await create(person, 'quizzes', quiz), studentId: await create(person, 'students', { name: 'Sue Student', email: 'sue@school.test' }) };
  return { ...refersTo, id: await create(person, 'submissions', { ...refersTo, answers: { '1': 'A quarter' }, status: 'received' }) };
};

describe('quizzes, students and submissions', () => {
  it('a member creates a quiz, receives a submission of a student and grades it', async () => {
    const { quizId, studentId, id } = await submit(grader);
    const received = await owner.api.get(`${owner.home}/submissions?status=received&quizId=${quizId}&count=true`);
    expect(received.body).toMatchObject({ total: 1, data: [{ id, studentId, score: null }] });
    const read = { 'if-match': (await grader.api.get(`${owner.home}/submissions/${id}`)).headers.get('etag') ?? '' };
    const graded = await grader.api.with(read).patch(`${owner.home}/submissions/${id}`, { score: '9.5', status: 'graded' });
    expect(graded).toMatchObject({ status: 200, body: { id, score: '9.5', status: 'graded' } });
    const again = await owner.api.with(read).patch(`${owner.home}/submissions/${id}`, { score: '1' });
    expect(again).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    await server.control.flush();
    const { data } = (await owner.api.get(`${owner.home}/audit-logs?limit=100`)).body;
    const actor: unknown = expect.objectContaining({ id: grader.userId });
    expect(data).toContainEqual(expect.objectContaining({ action: 'updateSubmission', outcome: 'done', actor }));
  });

  it('a quiz and a student remain as long as a submission refers to them', async () => {
    const { quizId, studentId, id } = await submit(grader);
    for (const path of [`quizzes/${quizId}`, `students/${studentId}`])
      expect(await owner.api.delete(`${owner.home}/${path}`)).toMatchObject({ status: 409, body: { code: 'still_referenced' } });
    for (const path of [`submissions/${id}`, `quizzes/${quizId}`, `students/${studentId}`]) expect((await owner.api.delete(`${owner.home}/${path}`)).status).toBe(204);
  });

  it('an API key reads quizzes and writes none without the permission to do so', async () => {
    const { body: key } = await owner.api.post(`${owner.home}/api-keys`, { name: 'Report', permissions: ['quizzes:read'] });
    const api = server.api.as(key.key);
    expect((await api.get(`${owner.home}/quizzes`)).status).toBe(200);
    expect((await api.post(`${owner.home}/quizzes`, quiz)).status).toBe(403);
    expect((await api.get(`${owner.home}/students`)).status).toBe(403);
  });
});

describe('two organizations', () => {
  it('an organization neither reads, changes, deletes nor lists the rows of another one', async () => {
    const { quizId, studentId, id } = await submit(grader);
    for (const path of [`quizzes/${quizId}`, `students/${studentId}`, `submissions/${id}`]) {
      const before = await owner.api.get(`${owner.home}/${path}`);
      for (const home of [rival.home, owner.home]) {
        const answers = [await rival.api.get(`${home}/${path}`), await rival.api.patch(`${home}/${path}`, {}), await rival.api.delete(`${home}/${path}`)];
        expect({ path, home, statuses: answers.map(({ status }) => status) }).toEqual({ path, home, statuses: [404, 404, 404] });
      }
      expect(await owner.api.get(`${owner.home}/${path}`)).toMatchObject({ status: 200, body: before.body });
    }
    for (const path of ['quizzes', 'students', 'submissions']) expect((await rival.api.get(`${rival.home}/${path}`)).body.data).toEqual([]);
  });

  it('a submission refers to no quiz and no student of another organization', async () => {
    const theirs = await submit(grader);
    const student = await create(rival, 'students', { name: 'Rick Rival' });
    const refused = async (body: object) => rival.api.post(`${rival.home}/submissions`, { answers: {}, status: 'received', ...body });
    for (const quizId of [theirs.quizId, randomUUID()])
      expect(await refused({ quizId, studentId: student })).toMatchObject({ status: 422, body: { code: 'reference_not_found', errors: [{ pointer: '/quizId' }] } });
  });
});

describe('the limit of quizzes', () => {
  const used = async ({ api }: Person): Promise<number> => (await api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'quizzes').used;

  it('of many quizzes at the same time, the free plan admits ten, and the others are not stored', async () => {
    const [teacher, other] = await server.world.twoTenants();
    const answers = await Promise.all(Array.from({ length: 16 }, () => teacher.api.post(`${teacher.home}/quizzes`, quiz)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 10 }, () => 201), ...Array.from({ length: 6 }, () => 402)]);
    expect(answers.find(({ status }) => status === 402)?.body).toMatchObject({ code: 'quota_exceeded', meter: 'quizzes', limit: 10, used: 10, upgrade: { plan: 'pro' } });
    expect((await teacher.api.get(`${teacher.home}/quizzes?count=true`)).body.total).toBe(10);
    expect([await used(teacher), await used(other)]).toEqual([10, 0]);
    await create(other, 'quizzes', quiz);
    await teacher.api.patch(`${teacher.home}/subscription`, { plan: 'pro' });
    await create(teacher, 'quizzes', quiz);
  });

  it('a quiz that is refused does not count, and a deleted one still does', async () => {
    const teacher = await server.world.owner();
    expect((await teacher.api.post(`${teacher.home}/quizzes`, { title: '' })).status).toBe(400);
    expect(await used(teacher)).toBe(0);
    const id = await create(teacher, 'quizzes', quiz);
    expect((await teacher.api.delete(`${teacher.home}/quizzes/${id}`)).status).toBe(204);
    expect(await used(teacher)).toBe(1);
  });
});
