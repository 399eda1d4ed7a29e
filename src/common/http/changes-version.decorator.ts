import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

export const changesVersionKey = 'tenantry:changes-version';

/**
 * Declares that a route honours `If-Match`. Other routes that change something refuse it: what they change has no version.
 *
 * @param what what has the version, e.g. `the organization`
 */
export const ChangesVersion = (what: string): MethodDecorator =>
  applyDecorators(
    SetMetadata(changesVersionKey, true),
    ApiHeader({ name: 'If-Match', required: false, description: `The ETags that you accept. The change is refused with 412 if ${what} has another one` }),
  );
