import type { FastifyInstance } from 'fastify';
import type { Problem } from './problem.js';
import { pathOf } from './route-methods.js';

/** The form in which a problem is answered. */
export interface ProblemForm {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the form of a problem if those of the path have another one than `application/problem+json`. */
export type FormOf = (path: string, of: Problem) => ProblemForm | undefined;

export const firstForm =
  (forms: readonly FormOf[]): FormOf =>
  (path, of) => {
    for (const formOf of forms) {
      const form = formOf(path, of);
      if (form !== undefined) return form;
    }
    return undefined;
  };

/** Whether a path is a prefix or below it. A route matches when its text is percent-encoded, too. */
export function isBelow(prefix: string, path: string): boolean {
  const matches = (text: string): boolean => text === prefix || text.startsWith(`${prefix}/`);
  try {
    return matches(decodeURIComponent(path));
  } catch {
    return matches(path);
  }
}

/** Answers every problem of a path in the form of its standard, whichever part of the server has refused the request. */
export function answerInForms(fastify: FastifyInstance, formOf: FormOf): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
    const form = isProblem && typeof payload === 'string' ? formOf(pathOf(request), JSON.parse(payload) as Problem) : undefined;
    if (form === undefined) return done(null, payload);
    reply
      .status(form.status)
      .headers(form.headers ?? {})
      .header('content-type', form.contentType);
    return done(null, form.body);
  });
}
