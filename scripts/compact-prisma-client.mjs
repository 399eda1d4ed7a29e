// Makes the generated Prisma client take less memory. Each client keeps two things for as long as it lives:
//
// - A graph of all arguments, in which a field is the number of its name. Prisma keeps the fields of a node in an array with
//   this number as the index, so a node that has one field with the number 1000 takes 8 kB. The names are numbered again here,
//   the most frequent ones first.
// - The text of the query compiler, which is a module that exports WebAssembly in base64. It is read as a file here, so that
//   only the compiled WebAssembly stays.
import { readFileSync, writeFileSync } from 'node:fs';

/** Reads the numbers of Prisma's serialized graph: variable-length integers, bytes, and integers of 16 bits. */
class GraphReader {
  #at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  get isAtEnd() {
    return this.#at === this.bytes.length;
  }

  integer() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  byte() {
    this.#at += 1;
    return this.bytes[this.#at - 1];
  }

  short() {
    this.#at += 2;
    return this.bytes.readUInt16LE(this.#at - 2);
  }
}

/** Writes what {@link GraphReader} reads. */
class GraphWriter {
  bytes = [];

  integer(value) {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.bytes.push((rest & 127) | 128);
    this.bytes.push(rest);
  }

  byte(value) {
    this.bytes.push(value);
  }

  short(value) {
    this.bytes.push(value & 255, value >> 8);
  }
}

/** The numbers of each part of the graph, in their order. `name` is the number of a string, `optionalName` the same plus one, or zero. */
const parts = [
  {
    kind: 'input',
    fields: [
      ['name', 'integer'],
      ['scalars', 'short'],
      ['child', 'integer'],
      ['optionalName', 'integer'],
      ['flags', 'byte'],
    ],
  },
  {
    kind: 'output',
    fields: [
      ['name', 'integer'],
      ['arguments', 'integer'],
      ['child', 'integer'],
    ],
  },
];
const root = [
  ['name', 'integer'],
  ['arguments', 'integer'],
  ['child', 'integer'],
];

/** Copies the graph, with each number of a name replaced by what `renumber` returns for it. */
function rewrite(bytes, renumber) {
  const reader = new GraphReader(bytes);
  const writer = new GraphWriter();
  const copy = (fields, kind) => {
    for (const [field, type] of fields) {
      const value = reader[type]();
      const isName = field === 'name' || (field === 'optionalName' && value > 0);
      const offset = field === 'optionalName' ? 1 : 0;
      writer[type](isName ? renumber(value - offset, kind) + offset : value);
    }
  };
  const counts = [reader.integer(), reader.integer(), reader.integer()];
  for (const count of counts) writer.integer(count);
  for (const [index, { kind, fields }] of parts.entries()) {
    for (let node = 0; node < counts[index]; node += 1) {
      const edges = reader.integer();
      writer.integer(edges);
      for (let edge = 0; edge < edges; edge += 1) copy(fields, kind);
    }
  }
  for (let entry = 0; entry < counts[2]; entry += 1) copy(root, 'root');
  if (!reader.isAtEnd) throw new Error('The argument graph of the Prisma client has another format than scripts/compact-prisma-client.mjs expects.');
  return Buffer.from(writer.bytes);
}

/** Numbers the strings of the graph by how many arguments have them as their name. */
function renumberGraph(strings, graph) {
  const bytes = Buffer.from(graph, 'base64url');
  const uses = strings.map(() => 0);
  const unchanged = rewrite(bytes, (name, kind) => {
    if (kind === 'input') uses[name] += 1;
    return name;
  });
  if (!unchanged.equals(bytes)) throw new Error('scripts/compact-prisma-client.mjs cannot copy the argument graph of the Prisma client.');
  const order = [...strings.keys()].sort((a, b) => uses[b] - uses[a] || a - b);
  const numbers = new Map(order.map((name, number) => [name, number]));
  return { strings: order.map((name) => strings[name]), graph: rewrite(bytes, (name) => numbers.get(name)).toString('base64url') };
}

/** Replaces the only match of a pattern. @throws {Error} when there is none */
function replaceIn(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`The generated Prisma client has no ${pattern}: scripts/compact-prisma-client.mjs has to be changed with Prisma's version.`);
  return text.replace(pattern, replacement);
}

/** @param file the module of the generated client that has its configuration */
export function compactPrismaClient(file) {
  let text = readFileSync(file, 'utf8');
  text = replaceIn(text, /strings: JSON\.parse\(("(?:[^"\\]|\\.)*")\),\s*graph: "([^"]*)"/, (_, strings, graph) => {
    const renumbered = renumberGraph(JSON.parse(JSON.parse(strings)), graph);
    return `strings: JSON.parse(${JSON.stringify(JSON.stringify(renumbered.strings))}),\n  graph: ${JSON.stringify(renumbered.graph)}`;
  });
  text = replaceIn(text, /const \{ wasm \} = await import\(("[^"]*wasm-base64\.mjs")\)\s*return await decodeBase64AsWasm\(wasm\)/, (_, module) =>
    [
      `const { readFile } = await import('node:fs/promises')`,
      `    const text = await readFile(new URL(import.meta.resolve(${module})), 'latin1')`,
      `    return await decodeBase64AsWasm(text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')))`,
    ].join('\n'),
  );
  writeFileSync(file, text);
}
