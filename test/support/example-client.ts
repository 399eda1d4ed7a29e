import { documentedAnswers } from '../control/documented-answers.js';
import { Client, type Answer, type RequestOptions } from './client.js';

/** The example of the body of an operation, with its content type. */
export interface Example {
  readonly operationId: string;
  /** The name that the document gives it, if it has several. */
  readonly name?: string;
  readonly type: string;
  readonly value: unknown;
}

/** What only this installation knows: the tokens, codes and ids that it has given. An example cannot have them. */
const isGiven = (name: string): boolean => /^(?:code|state|iss|verifier|credential)$|(?:[Tt]oken|Id)$/.test(name);

/** Puts what only this installation knows, and a request has, in its place of the example. */
function withGiven(example: unknown, sent: unknown): unknown {
  if (Array.isArray(example)) return example.map((each, index) => withGiven(each, Array.isArray(sent) ? sent[index] : undefined));
  if (typeof example !== 'object' || example === null) return example;
  const values = (sent ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, isGiven(name) && values[name] !== undefined ? values[name] : withGiven(value, values[name])]));
}

/** Sends an example of the document in the place of the body that a request would have. */
export class ExampleClient extends Client {
  constructor(
    { url, token, headers }: Client,
    private readonly examples: readonly Example[],
  ) {
    super(url, token, headers);
  }

  override as(token: string | undefined): ExampleClient {
    return new ExampleClient(super.as(token), this.examples);
  }

  override with(headers: Readonly<Record<string, string>>): ExampleClient {
    return new ExampleClient(super.with(headers), this.examples);
  }

  override request(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    const operation = documentedAnswers().operationOf(method, new URL(`/api/v1${path}`, this.url).pathname);
    const example = this.examples.find(({ operationId }) => operationId === operation?.operationId);
    if (example === undefined) return super.request(method, path, body, options);
    const value = withGiven(example.value, body);
    const raw = example.type === 'application/x-www-form-urlencoded' ? new URLSearchParams(value as Record<string, string>).toString() : JSON.stringify(value);
    return super.request(method, path, undefined, { ...options, raw, headers: { ...options.headers, 'content-type': example.type } });
  }
}
