import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
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
    const response = await fetch(url, { method: 'POST', redirect: 'error', headers, body: JSON.stringify({ checkpoints }), signal: AbortSignal.timeout(timeout) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The server for checkpoints of the audit log answered ${response.status}.`);
  }
}

/** Appends lines to a file, and waits until the disk has them. */
async function appendTo(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(lines.map((line) => `${line}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}
