import { Client, type Answer, type RequestOptions } from './client.js';

/** Remembers its last request, and sends it again. */
export class RepeatingClient extends Client {
  static #last: (() => Promise<Answer>) | undefined;

  static of({ url, token, headers }: Client): RepeatingClient {
    return new RepeatingClient(url, token, headers);
  }

  /** Sends the last request of any such client again. */
  static repeat(): Promise<Answer> {
    if (RepeatingClient.#last === undefined) throw new Error('Nothing was sent that could be repeated.');
    return RepeatingClient.#last();
  }

  override as(token: string | undefined): RepeatingClient {
    return RepeatingClient.of(super.as(token));
  }

  override with(headers: Readonly<Record<string, string>>): RepeatingClient {
    return RepeatingClient.of(super.with(headers));
  }

  override request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
    const send = (): Promise<Answer> => super.request(method, path, body, options);
    RepeatingClient.#last = send;
    return send();
  }
}
