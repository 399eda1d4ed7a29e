import { isUUID } from 'class-validator';

/** Returns the id in lower case; for any other text, an id that nothing has. */
export const validId = (id: string): string => (isUUID(id) ? id.toLowerCase() : '00000000-0000-0000-0000-000000000000');
