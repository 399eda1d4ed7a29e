import { constants, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { tracedFetch } from '../../../common/tracing.js';
import { AppConfig } from '../../../config/app-config.js';

/** Milliseconds for a request, with its answer. */
const timeout = 10_000;

/** The place outside of the database where checkpoints are stored: a file, or a server. */
@Injectable()
export class CheckpointDestination {
  readonly #url: URL | undefined;
  readonly #token: string | undefined;

  constructor({ auditCheckpoints }: AppConfig) {
    this.#url = auditCheckpoints === undefined ? undefined : new URL(auditCheckpoints.url);
    this.#token = auditCheckpoints?.token;
  }

  get isSet(): boolean {
    return this.#url !== undefined;
  }

  /** Stores tokens. Some may be stored already, if an earlier attempt has failed late. @throws {Error} when they are not stored */
  async store(tokens: readonly string[]): Promise<void> {
    if (this.#url === undefined) return;
    await (this.#url.protocol === 'file:' ? appendTo(fileURLToPath(this.#url), tokens) : this.#send(this.#url, tokens));
  }

  async #send(url: URL, checkpoints: readonly string[]): Promise<void> {
    const headers = { 'content-type': 'application/json', ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }) };
    const response = await tracedFetch(url, { method: 'POST', redirect: 'error', headers, body: JSON.stringify({ checkpoints }), signal: AbortSignal.timeout(timeout) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The server for checkpoints of the audit log answered ${response.status}.`);
  }
}

/** Appends lines to a file, and waits until the disk has them. Without `O_NONBLOCK`, a pipe in the place of the file would block a thread of the process. */
async function appendTo(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
  try {
    const state = await file.stat();
    if (!state.isFile()) throw new Error(`${path} is not a file.`);
    // An earlier attempt may have been broken off within a line. The line stays as it is: a destination that only grows is the best one.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, state.size - 1));
    const ending = bytesRead === 0 || buffer.toString() === '\n' ? '' : '\n';
    await file.appendFile(ending + lines.map((line) => `${line}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns the tokens of a text with one in a line, without the beginnings of tokens that the text also has completely: an attempt to store them was broken off. */
export function tokensIn(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const sorted = [...new Set(lines)].toSorted();
  const beginnings = new Set(sorted.filter((line, at) => sorted[at + 1]?.startsWith(line) === true));
  return lines.filter((line) => !beginnings.has(line));
}
