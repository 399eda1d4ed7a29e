// Prisma's schema engine as WebAssembly: computes the SQL that leads from one schema to another, without the native
// engine (which Prisma downloads from its own host).
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { utcSessions } from '../dist/database/utc-client.js';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

export const root = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/** The engine writes the reason here before it stops. */
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(`Prisma's schema engine: ${message}`) };

/** Loaded once, because the bindings belong to one instance. */
let engineClass;
const loadEngine = () => (engineClass ??= instantiate());

/** The package imports its .wasm as a module, which Node 20 cannot: instantiates it by hand. */
async function instantiate() {
  const wasm = readFileSync(path.join(path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

const internalChar = 18;
const text = 25;

/** The adapter refuses the type "char", which the catalogs use and the engine wants: pass it through as a character. */
function withInternalChar(adapter) {
  const { queryRaw, performIO } = adapter;
  adapter.queryRaw = async (query) => {
    const characters = new Set();
    const readAsText = async (statement) => {
      const result = await performIO.call(adapter, statement);
      for (const field of result.fields.filter(({ dataTypeID }) => dataTypeID === internalChar)) {
        field.dataTypeID = text;
        characters.add(field.name);
      }
      return result;
    };
    const { columnNames, columnTypes, rows } = await queryRaw.call({ ...adapter, performIO: readAsText }, query);
    return { columnNames, rows, columnTypes: columnTypes.map((type, column) => (characters.has(columnNames[column]) ? ColumnTypeEnum.Character : type)) };
  };
  return adapter;
}

class CatalogReader extends PrismaPg {
  async connect() {
    return withInternalChar(await super.connect());
  }
}

/** The files of the Prisma schema. */
function schemaFiles() {
  const folder = path.join(root, 'prisma');
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => ({ path: path.join('prisma', name), content: readFileSync(path.join(folder, name), 'utf8') }));
}

/**
 * Returns the SQL that makes a live database match the Prisma schema; undefined when it matches.
 *
 * @param url the database's address, as a role that may read all its tables' definitions
 */
export function sqlToReachTheSchema(url) {
  return diff({ tag: 'schemaDatasource', files: schemaFiles(), configDir: '.' }, url);
}

/**
 * Returns the SQL that creates the tables of the Prisma schema.
 *
 * @param url the address of any database of the version that it is for
 */
export function sqlOfTheSchema(url) {
  return diff({ tag: 'empty' }, url);
}

async function diff(from, url) {
  const SchemaEngine = await loadEngine();
  const files = schemaFiles();
  const factory = bindMigrationAwareSqlAdapterFactory(new CatalogReader({ ...utcSessions, connectionString: url }));
  const engine = await SchemaEngine.new({ datamodels: files.map((file) => [file.path, file.content]) }, () => undefined, factory);
  try {
    const { exitCode, stdout } = await engine.diff({
      from,
      to: { tag: 'schemaDatamodel', files },
      script: true,
      shadowDatabaseUrl: null,
      exitCode: true,
      filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
    });
    return exitCode === 0 ? undefined : stdout;
  } finally {
    engine.free?.();
  }
}
