import { Injectable, Param, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { MalformedRequestError } from '../errors/app-error.js';

@Injectable()
class IdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, { data }: ArgumentMetadata): string {
    if (typeof value === 'string' && isUUID(value)) return value.toLowerCase();
    throw new MalformedRequestError('An id in the path is not a UUID. Send the id as the API returned it.', [
      { pointer: `/${data ?? 'id'}`, code: 'is_uuid', message: `${data ?? 'id'} must be a UUID` },
    ]);
  }
}

/** A UUID in the path, in lower case. Anything else is answered with 400 before a query runs. */
export function IdParam(name: string): ParameterDecorator {
  return Param(name, new IdPipe());
}
