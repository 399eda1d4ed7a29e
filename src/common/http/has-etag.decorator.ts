import { ApiExtension, ApiHeader } from '@nestjs/swagger';

/** The header field with which a read names the version that the caller has. */
export const ifNoneMatch = {
  name: 'If-None-Match',
  required: false,
  description: 'The ETag that you have. The answer is 304 without a body if it is still the present one',
} as const;

/** Documents that a read answers with an ETag. Reads of a document that is changed with `If-Match` need no declaration. */
export const HasETag = (): MethodDecorator => ApiHeader(ifNoneMatch);

/** Documents that the answer to a change has the ETag of the document, for the next change. Changes with `If-Match` need no declaration. */
export const AnswersETag = (): MethodDecorator => ApiExtension('x-answers-etag', true);
