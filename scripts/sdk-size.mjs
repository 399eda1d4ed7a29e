// Prints the size of the built SDK: its modules, minified together and compressed as a server sends them.
import { minify } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { npmScript } from './arguments.mjs';

npmScript('size:sdk', 'Prints the size of the built SDK, minified and compressed.').parse();

const folder = path.join(import.meta.dirname, '../sdk/dist');
const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
const minified = await Promise.all(
  modules.map(async (file) => (await minify(readFileSync(path.join(folder, file), 'utf8'), { module: true, compress: true, mangle: true, toplevel: true })).code),
);
const text = minified.join('\n');
console.log(`${modules.length} modules: ${text.length} bytes minified, ${gzipSync(text, { level: 9 }).length} bytes compressed`);
