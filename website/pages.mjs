// Writes the pages of the website to pages/: the Markdown of the repository, and the reference from openapi.json.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogReference, errorReference, reference } from './reference.mjs';

const root = path.join(import.meta.dirname, '..');
const target = path.join(import.meta.dirname, 'pages');
const repository = 'https://github.com/tenantry/tenantry/blob/main/';

const screenshots = 'docs/screenshots';

const sources = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'docs/*.md', 'docs/**/*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');
/** The pages by their files in the repository. */
const pages = new Map([...sources.map((file) => [file, file.replace(/README\.md$/, 'index.md')]), ['README.md', 'quickstart.md'], ['sdk/README.md', 'sdk/index.md']]);

/** Text outside of code is read as a template: `{{` and `<name>` are escaped, except for anchors. */
const escapeText = (text) => text.replaceAll('{{', '&#123;&#123;').replaceAll(/<(?!a id=|\/a>|https?:)/g, '&lt;');
const escape = (text) =>
  text
    .split(/(^[ \t]*```[\s\S]*?^[ \t]*```|`[^`\n]+`)/m)
    .map((part, index) => (index % 2 === 0 ? escapeText(part) : part))
    .join('');

/** Links to a file that is no page lead to the repository, except for pictures. */
function link(from, address) {
  if (/^([a-z]+:|#)/.test(address)) return address;
  const [file, anchor] = address.split('#');
  const linked = path.normalize(path.join(path.dirname(from), file));
  if (path.dirname(linked) === screenshots) return `/${path.basename(screenshots)}/${path.basename(linked)}`;
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  const page = pages.get(linked) ?? pages.get(path.join(linked, 'README.md'));
  return page === undefined ? `${repository}${linked}${suffix}` : `/${page}${suffix}`;
}

/** The titles of the pages, by their files. A link whose text is the name of a file has the title instead: a website has no files. */
const titles = new Map([...pages.keys()].map((file) => [file, /^# (.*)$/m.exec(readFileSync(path.join(root, file), 'utf8'))[1]]));
titles.set('README.md', 'Quickstart');
function textOfLink(from, text, address) {
  const file = path.normalize(path.join(path.dirname(from), address.split('#')[0]));
  return /^[\w./-]+\.md$/.test(text) && pages.has(file) ? titles.get(file) : text;
}

const write = (page, text) => {
  const file = path.join(target, page);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

rmSync(target, { recursive: true, force: true });
for (const [file, page] of pages) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const linked = escape(text).replaceAll(/\[([^[\]]*)\]\(([^)\s]+)\)/g, (_, label, address) => `[${textOfLink(file, label, address)}](${link(file, address)})`);
  // Each code leads to the operations that answer it.
  write(page, file === 'docs/errors.md' ? linked.replaceAll(/(<a id="(\w+)"><\/a>)`\w+`/g, '$1[`$2`](/reference/errors#$2)') : linked);
}
write(
  'reference/errors.md',
  errorReference((address) => link('docs/errors.md', address)),
);
write('reference/catalog.md', catalogReference());
for (const { name, page } of reference()) write(`reference/${name}.md`, page);
const list = reference().map(({ name, description }) => `- [${name}](/reference/${name}): ${description}`);
write(
  'reference/index.md',
  `# Reference\n\nThe operations of the API, by tag. [The OpenAPI document](/openapi.json){target="_self"} has the same in one file, and so has [the Postman collection](/tenantry.postman_collection.json){target="_self"}. [Error codes](/reference/errors) lists the operations that answer each code, and [catalog](/reference/catalog) the fields of a catalog.\n\n${list.join('\n')}\n`,
);
write(
  'index.md',
  '---\nlayout: home\nhero:\n  name: tenantry\n  text: The open-source multi-tenant SaaS backend\n  actions:\n    - { theme: brand, text: Quickstart, link: /quickstart }\n    - { theme: alt, text: Documentation, link: /docs/ }\n    - { theme: alt, text: Reference, link: /reference/ }\n---\n',
);
mkdirSync(path.join(target, 'public'), { recursive: true });
cpSync(path.join(root, screenshots), path.join(target, 'public', path.basename(screenshots)), { recursive: true });
copyFileSync(path.join(root, 'openapi.json'), path.join(target, 'public', 'openapi.json'));
