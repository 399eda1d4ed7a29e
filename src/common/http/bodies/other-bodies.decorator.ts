import { applyDecorators } from '@nestjs/common';
import { ApiConsumes, ApiExtension } from '@nestjs/swagger';

export const otherBodies = 'x-other-bodies';

/** The schema of a body as the document has it. One with a `title` becomes a schema of that name. */
export type BodySchema = Readonly<Record<string, unknown>>;

/** Declares the content types that an operation takes in addition to JSON, each with the schema of its body. */
export const OtherBodies = (schemas: Readonly<Record<string, BodySchema>>): MethodDecorator =>
  applyDecorators(ApiConsumes('application/json', ...Object.keys(schemas)), ApiExtension(otherBodies, schemas));
