// The HTTP client of the demo, and the output of its checks.
const colour = process.stdout.isTTY ? (code, text) => `\u001b[${code}m${text}\u001b[0m` : (_code, text) => text;
const failures = [];
let steps = 0;

export const scene = (title) => console.log(`\n${colour('1', title)}`);

/** Prints whether a result is as expected. */
export function check(what, actual, expected) {
  steps += 1;
  const passed = actual === expected;
  if (!passed) failures.push(what);
  console.log(`  ${passed ? colour('32', '✓') : colour('31', '✗')} ${what}${passed ? '' : colour('31', `\n      expected ${expected}\n      actual   ${actual}`)}`);
}

/** Checks the status of a response and, for an error, its code. */
export function expectAnswer(what, { status, body }, wantedStatus, wantedCode) {
  const shown = (aStatus, code) => (code === undefined ? String(aStatus) : `${aStatus} ${code}`);
  check(`${what} → ${shown(wantedStatus, wantedCode)}`, shown(status, wantedCode === undefined ? undefined : body?.code), shown(wantedStatus, wantedCode));
}

/** Prints the number of passed and failed checks. Returns the exit code. */
export function summary() {
  const text = failures.length === 0 ? colour('32', `All ${steps} checks passed.`) : colour('31', `${failures.length} of ${steps} checks failed:\n  ${failures.join('\n  ')}`);
  console.log(`\n${text}`);
  return failures.length === 0 ? 0 : 1;
}

/** Sends requests to the server as one user, or without authentication. */
export class Api {
  constructor(url, token, headers = {}) {
    Object.assign(this, { url, token, headers });
  }

  as = (token) => new Api(this.url, token, this.headers);
  with = (headers) => new Api(this.url, this.token, { ...this.headers, ...headers });
  get = (path) => this.request('GET', path);
  post = (path, body) => this.request('POST', path, body);
  patch = (path, body) => this.request('PATCH', path, body);
  put = (path) => this.request('PUT', path);
  delete = (path) => this.request('DELETE', path);

  /** Adds /api/v1 to the path, unless the path starts with `//`, which means the root of the server. */
  async request(method, path, body) {
    const target = path.startsWith('//') ? this.url + path.slice(1) : `${this.url}/api/v1${path}`;
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...this.headers,
    };
    const response = await fetch(target, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }
}
