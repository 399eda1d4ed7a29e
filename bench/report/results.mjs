// The results that are kept in bench/results: one JSON file and one chart for each major version of Node.js and each set.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { chartOf } from './chart.mjs';

const fileOf = ({ node, set, spread }, extension) => new URL(`../results/${node.major}${set === 'large' ? '-large' : ''}${spread ? '-spread' : ''}.${extension}`, import.meta.url);
const versionIn = async (folder, name) => JSON.parse(await readFile(new URL(`../../${folder}node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** The run, with everything that a reader needs to judge it. */
export async function resultsOf(options, operations) {
  const { node, set, callers, spread, rounds, seconds } = options;
  const versions = { 'better-auth': await versionIn('bench/', 'better-auth'), fastify: await versionIn('', 'fastify'), pg: await versionIn('', 'pg') };
  return { node: node.version, set, callers, spread, rounds, seconds, processors: `${cpus().length} × ${cpus()[0].model}`, versions, operations };
}

export async function save(options, results) {
  await mkdir(new URL('.', fileOf(options, 'json')), { recursive: true });
  await writeFile(fileOf(options, 'json'), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(fileOf(options, 'svg'), chartOf(results));
  return fileOf(options, 'json').pathname;
}

/** @throws when there are no committed results for these options */
export async function readCommitted(options) {
  try {
    return JSON.parse(await readFile(fileOf(options, 'json'), 'utf8'));
  } catch (error) {
    throw new Error(`There are no results to compare with: ${fileOf(options, 'json').pathname}. Create them with --save.`, { cause: error });
  }
}
