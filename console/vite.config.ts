import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const root = import.meta.dirname;
const outDir = path.join(root, 'dist');
const compressions = { br: promisify(brotliCompress), gz: promisify(gzip) };

/** Writes each script and style sheet compressed, too, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const folder = path.join(outDir, 'assets');
      for (const name of (await readdir(folder)).filter((file) => /\.(js|css)$/.test(file))) {
        const content = await readFile(path.join(folder, name));
        for (const [suffix, compress] of Object.entries(compressions)) await writeFile(path.join(folder, `${name}.${suffix}`), await compress(content));
      }
    },
  };
}

const contract = path.join(root, '../openapi.json');

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string; readonly summary?: string }>>>>;
}

/** Gives the pages what the operations of the contract do, by their names: `virtual:summaries`. */
function summaries(): Plugin {
  const [name, resolved] = ['virtual:summaries', '\0virtual:summaries'];
  return {
    name: 'summaries',
    resolveId: (id) => (id === name ? resolved : undefined),
    async load(id) {
      if (id !== resolved) return undefined;
      this.addWatchFile(contract);
      const { paths } = JSON.parse(await readFile(contract, 'utf8')) as Contract;
      const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
      const entries = operations.flatMap(({ operationId, summary }) => (operationId === undefined || summary === undefined ? [] : [[operationId, summary] as const]));
      return `export const summaries = ${JSON.stringify(Object.fromEntries(entries))};`;
    },
  };
}

/** Says nothing about the directives with which packages mark components for browsers: all of these are. */
const onLog: NonNullable<Rolldown.InputOptions['onLog']> = (level, log, handle) => {
  if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
};

export default defineConfig({
  root,
  // The sources, so that the build needs no build of the SDK.
  resolve: { alias: { '@tenantry/sdk': path.join(root, '../sdk/src/index.ts') } },
  // The server replaces it with a new one for each answer.
  html: { cspNonce: '%NONCE%' },
  // The policy allows no script of a data URL.
  build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, manifest: true, reportCompressedSize: false, rolldownOptions: { onLog } },
  plugins: [summaries(), compressed()],
});
