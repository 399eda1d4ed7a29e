// Serves the built website. `vitepress preview` is not used: it compresses each answer with Brotli at its highest level, and
// the index of the search then takes seconds to arrive.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const root = path.join(import.meta.dirname, 'dist');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.woff2': 'font/woff2', '.webp': 'image/webp' };

/** Returns the file of an address, or undefined if there is none. */
async function find(pathname) {
  const file = path.join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  if (!file.startsWith(root + path.sep)) return undefined;
  for (const candidate of [file, `${file}.html`]) {
    const body = await readFile(candidate).catch(() => undefined);
    if (body !== undefined) return { body, type: types[path.extname(candidate)] ?? 'application/octet-stream' };
  }
  return undefined;
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const found = await find(decodeURIComponent(pathname));
  const { body, type } = found ?? { body: await readFile(path.join(root, '404.html')), type: types['.html'] };
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': type }).end(body);
}

/** Serves the website on a port of 127.0.0.1; 0 takes a free one. Returns the server and its address. */
export async function serve(port) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

if (process.argv[1] === import.meta.filename) console.log(`serves website/dist on ${(await serve(Number(process.env.PORT ?? 4173))).url}`);
