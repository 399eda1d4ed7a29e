import { SetMetadata } from '@nestjs/common';

export const unmeteredKey = 'tenantry:unmetered';

/** Not counted as a request of the organization, and open when no more are left: for what tells how much is left, reports usage, or pays. */
export const Unmetered = (): MethodDecorator & ClassDecorator => SetMetadata(unmeteredKey, true);
