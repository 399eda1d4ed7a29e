import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { frontEndPages, linkTo } from '../../src/config/front-end-pages.js';

const [page, document] = [await readFile('docs/front-end.md', 'utf8'), JSON.parse(await readFile('openapi.json', 'utf8'))];

describe.each(Object.values(frontEndPages))('$path', ({ path, parameters, purpose, calls, body }) => {
  it('docs/front-end.md lists the page with its parameters, purpose and route', () => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${path}\` |`)) ?? '';
    expect(row).toContain(`| ${parameters.map((name) => `\`${name}\``).join(', ')} | ${purpose} |`);
    expect(row).toContain(`\`POST ${calls}\``);
  });

  it('the route that the page calls accepts the fields of the body', () => {
    const { $ref } = document.paths[`/api/v1${calls}`].post.requestBody.content['application/json'].schema;
    const { properties, required = [] } = document.components.schemas[$ref.split('/').at(-1)];
    const fields = Object.keys(JSON.parse(body));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(fields));
    expect(fields).toEqual(expect.arrayContaining(required));
  });
});

it('a link starts with APP_URL and has the parameters of its page', () => {
  expect(linkTo({ appUrl: 'https://app.example.com' }, 'breakGlass', { organization: 'o', token: 't' })).toBe('https://app.example.com/break-glass?organization=o&token=t');
});
