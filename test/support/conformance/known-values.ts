import { Known } from './values.js';

const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/s$/, '');
/** Older values are forgotten: those that were seen last are still there, mostly. */
const kept = 8;

/** Values that answers had: ids by the path parameter that they are for, and others by the name of their field. Nothing is listed, so that a new operation is known by its answers. */
export class KnownValues {
  readonly #values = new Map<string, unknown[]>();
  readonly #pinned = new Map<string, unknown>();

  /** Keeps a value that is taken most often. */
  pin(name: string, value: unknown): void {
    this.#pinned.set(name, value);
  }

  remember(name: string, value: unknown): void {
    const known = this.#values.get(name) ?? [];
    if (!known.includes(value)) this.#values.set(name, [value, ...known].slice(0, kept));
  }

  /** Remembers what an answer shows. @param path the path of the operation, as the document has it */
  learn(path: string, body: unknown, parameters: readonly string[]): void {
    this.#learnFields(body, '');
    const items = this.#itemsOf(body);
    const collection = path.replace(/\/\{[^/]*\}$/, '');
    for (const item of items)
      for (const name of parameters) {
        const value = item[name] ?? item['id'] ?? item['key'];
        if (value !== undefined && (path === collection || name === path.slice(collection.length + 2, -1))) this.remember(`${collection}#${name}`, value);
      }
    const noun = singular(collection.slice(collection.lastIndexOf('/') + 1));
    for (const item of items) if (typeof item['key'] === 'string') this.remember(noun, item['key']);
  }

  /** Returns a value with the values that stand for known ones. */
  fill(value: unknown): unknown {
    if (value instanceof Known) return this.#valueOf(value);
    if (Array.isArray(value)) return value.map((each) => this.fill(each));
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.fill(each)]));
  }

  #valueOf({ name, index, otherwise }: Known): unknown {
    const pinned = this.#pinned.get(name);
    if (pinned !== undefined && index % 4 !== 3) return pinned;
    const plain = name.slice(name.indexOf('#') + 1);
    const values = [name, plain, singular(plain)].map((each) => this.#values.get(each)).find((each) => each !== undefined) ?? [];
    return values.length === 0 ? (pinned ?? this.fill(otherwise)) : values[index % values.length];
  }

  #itemsOf(body: unknown): Record<string, unknown>[] {
    if (typeof body !== 'object' || body === null) return [];
    const { data } = body as { readonly data?: unknown };
    return (Array.isArray(data) ? (data as unknown[]) : [body]).filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
  }

  #learnFields(value: unknown, name: string): void {
    if (Array.isArray(value)) for (const each of value.slice(0, 5)) this.#learnFields(each, singular(name));
    else if (typeof value === 'object' && value !== null) for (const [key, each] of Object.entries(value)) this.#learnFields(each, key);
    else if (typeof value === 'string' && value.startsWith('http') && URL.canParse(value)) for (const [key, each] of new URL(value).searchParams) this.remember(key, each);
    else if ((typeof value === 'string' || typeof value === 'number') && name !== '' && name !== 'code') this.remember(name, value);
  }
}
