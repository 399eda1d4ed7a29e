import { Injectable, Param, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { MalformedRequestError } from '../errors/app-error.js';

@Injectable()
class IdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, { data }: ArgumentMetadata): string {
    if (typeof value === 'string' && isUUID(value)) return value.toLowerCase();
    throw new MalformedRequestError('An id in the path is not a UUID.', [{ pointer: `/${data ?? 'id'}`, code: 'is_uuid', message: `${data ?? 'id'} must be a UUID` }]);
  }
}

/** A UUID in the path; anything else is answered with 400 before a query is made. */
export function IdParam(name: string): ParameterDecorator {
  return Param(name, new IdPipe());
}
