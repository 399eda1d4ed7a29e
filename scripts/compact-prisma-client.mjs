// Makes the generated Prisma client take less memory. Each client keeps three things for as long as it lives:
//
// - A graph of all arguments, which finds the values in a query: queries that differ in their values share a query plan. Seven
//   tenths of it are nested writes, which this server does not use. Without their part of the graph, the plan of a nested write
//   is compiled for each set of its values.
//   Many of its nodes are equal, up to the nodes that they lead to, so one of them serves for all.
//   A field is the number of its name, and Prisma keeps the fields of a node under these numbers. V8 makes an array of it that
//   is as long as the largest number, unless a number is so large that it makes a table. The numbers of the names, except the
//   most frequent ones, begin above this limit. Both leave two fifths of the memory of the graph.
// - The text of the schema, with its comments.
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

/** The numbers of an edge, in their order. `name` is the number of a string; the optional ones are the number of a node or a string plus one, or zero. */
const inputEdge = { name: 'integer', scalars: 'short', child: 'integer', enumName: 'integer', flags: 'byte' };
const outputEdge = { name: 'integer', arguments: 'integer', child: 'integer' };

/** Reads a graph of three lists: the nodes of the input, each a list of edges, the nodes of the output, and the roots. */
function readGraph(bytes) {
  const reader = new GraphReader(bytes);
  const edge = (fields) => Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, reader[type]()]));
  const list = (length, read) => Array.from({ length }, read);
  const [inputs, outputs, roots] = list(3, () => reader.integer());
  const graph = {
    inputs: list(inputs, () => list(reader.integer(), () => edge(inputEdge))),
    outputs: list(outputs, () => list(reader.integer(), () => edge(outputEdge))),
    roots: list(roots, () => edge(outputEdge)),
  };
  if (!reader.isAtEnd) throw new Error('The argument graph of the Prisma client has another format than scripts/compact-prisma-client.mjs expects.');
  return graph;
}

function writeGraph({ inputs, outputs, roots }) {
  const writer = new GraphWriter();
  const edge = (fields, values) => {
    for (const [field, type] of Object.entries(fields)) writer[type](values[field]);
  };
  const node = (fields, edges) => {
    writer.integer(edges.length);
    for (const values of edges) edge(fields, values);
  };
  for (const { length } of [inputs, outputs, roots]) writer.integer(length);
  for (const edges of inputs) node(inputEdge, edges);
  for (const edges of outputs) node(outputEdge, edges);
  for (const values of roots) edge(outputEdge, values);
  return Buffer.from(writer.bytes);
}

/** Numbers the values of a list so that equal ones have the same number, in the order of their first appearance. */
function numberEqual(values) {
  const numbers = new Map();
  return values.map((value) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value);
  });
}

/** Removes the edges to the inputs of nested writes, which are the ones that can connect rows. */
function withoutNestedWrites({ inputs, outputs, roots }, strings) {
  const isNestedWrite = inputs.map((edges) => edges.some(({ name }) => strings[name] === 'connect'));
  return { inputs: inputs.map((edges) => edges.filter(({ child }) => child === 0 || !isNestedWrite[child - 1])), outputs, roots };
}

/** Keeps some of the input nodes. `numberOf` returns the new number of a node, which is that of an equal node if it is not kept itself. */
function keepInputs({ inputs, outputs, roots }, isKept, numberOf) {
  const to = (field) => (edge) => ({ ...edge, [field]: edge[field] === 0 ? 0 : numberOf(edge[field] - 1) + 1 });
  return {
    inputs: inputs.filter((_, node) => isKept(node)).map((edges) => edges.map(to('child'))),
    outputs: outputs.map((edges) => edges.map(to('arguments'))),
    roots: roots.map(to('arguments')),
  };
}

/** Removes the input nodes that nothing leads to. */
function withoutUnreached(graph) {
  const { inputs, outputs, roots } = graph;
  const reached = new Set();
  const reach = (node) => {
    if (node === 0 || reached.has(node)) return;
    reached.add(node);
    for (const { child } of inputs[node - 1]) reach(child);
  };
  for (const edge of [...roots, ...outputs.flat()]) reach(edge.arguments);
  const kept = [...reached].sort((a, b) => a - b).map((node) => node - 1);
  const numbers = new Map(kept.map((node, number) => [node, number]));
  return keepInputs(
    graph,
    (node) => numbers.has(node),
    (node) => numbers.get(node),
  );
}

/** Leaves one of the input nodes that have the same edges to nodes that are equal in turn. */
function mergeEqualInputs(graph) {
  const { inputs } = graph;
  // All nodes are in one class at first. A class is divided until all of its nodes lead to the same classes.
  let classes = inputs.map(() => 0);
  let count = 1;
  for (let before = 0; before !== count;) {
    before = count;
    const led = ({ child, ...edge }) => [...Object.values(edge), child === 0 ? -1 : classes[child - 1]].join();
    classes = numberEqual(inputs.map((edges) => edges.map(led).sort().join(';')));
    count = new Set(classes).size;
  }
  return keepInputs(
    graph,
    (node) => classes.indexOf(classes[node]) === node,
    (node) => classes[node],
  );
}

/** An array in which an index is larger by this than the array has room for becomes a table (`JSObject::kMaxGap` of V8). */
const largestGap = 1024;
/** The number of frequent names, whose nodes remain arrays: the best number for the models of this schema, of those that were tried. */
const frequentNames = 96;

/** Numbers the strings by how many arguments have them as their name, with a gap after the frequent ones. */
function renumberStrings(strings, { inputs, outputs, roots }) {
  const uses = strings.map(() => 0);
  for (const { name } of inputs.flat()) uses[name] += 1;
  const order = [...strings.keys()].sort((a, b) => uses[b] - uses[a] || a - b).map((name) => strings[name]);
  // A name that no field has.
  const gap = Array.from({ length: largestGap + frequentNames }, () => '');
  const renumbered = [...order.slice(0, frequentNames), ...gap, ...order.slice(frequentNames)];
  const numbers = new Map(renumbered.map((name, number) => [name, number]));
  const number = (name) => numbers.get(strings[name]);
  const named = (edge) => ({ ...edge, name: number(edge.name) });
  return {
    strings: renumbered,
    inputs: inputs.map((edges) => edges.map((edge) => ({ ...named(edge), enumName: edge.enumName === 0 ? 0 : number(edge.enumName - 1) + 1 }))),
    outputs: outputs.map((edges) => edges.map(named)),
    roots: roots.map(named),
  };
}

function compactGraph(strings, graph) {
  const bytes = Buffer.from(graph, 'base64url');
  const whole = readGraph(bytes);
  if (!writeGraph(whole).equals(bytes)) throw new Error('scripts/compact-prisma-client.mjs cannot copy the argument graph of the Prisma client.');
  const compact = renumberStrings(strings, mergeEqualInputs(withoutUnreached(withoutNestedWrites(whole, strings))));
  return { strings: compact.strings, graph: writeGraph(compact).toString('base64url') };
}

/** Replaces the only match of a pattern. @throws {Error} when there is none */
function replaceIn(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`The generated Prisma client has no ${pattern}: scripts/compact-prisma-client.mjs has to be changed with Prisma's version.`);
  return text.replace(pattern, replacement);
}

/** Removes the comments and the alignment of a schema: half of its text. */
const withoutComments = (schema) => schema.replace(/^\s*\/\/.*\n/gm, '').replace(/(?<=\S) +(?=\S)/g, ' ');

/** @param file the module of the generated client that has its configuration */
export function compactPrismaClient(file) {
  let text = readFileSync(file, 'utf8');
  text = replaceIn(text, /strings: JSON\.parse\(("(?:[^"\\]|\\.)*")\),\s*graph: "([^"]*)"/, (_, strings, graph) => {
    const compact = compactGraph(JSON.parse(JSON.parse(strings)), graph);
    return `strings: JSON.parse(${JSON.stringify(JSON.stringify(compact.strings))}),\n  graph: ${JSON.stringify(compact.graph)}`;
  });
  text = replaceIn(text, /const \{ wasm \} = await import\(("[^"]*wasm-base64\.mjs")\)\s*return await decodeBase64AsWasm\(wasm\)/, (_, module) =>
    [
      `const { readFile } = await import('node:fs/promises')`,
      `    const text = await readFile(new URL(import.meta.resolve(${module})), 'latin1')`,
      `    return await decodeBase64AsWasm(text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')))`,
    ].join('\n'),
  );
  text = replaceIn(text, /"inlineSchema": ("(?:[^"\\]|\\.)*")/, (_, schema) => `"inlineSchema": ${JSON.stringify(withoutComments(JSON.parse(schema)))}`);
  writeFileSync(file, text);
}
