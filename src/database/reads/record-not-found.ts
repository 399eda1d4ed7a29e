import { Prisma } from '../../generated/prisma/client.js';

/** Returns Prisma's error for a row that must exist (P2025). */
export const recordNotFound = (modelName: string, message: string): Prisma.PrismaClientKnownRequestError =>
  new Prisma.PrismaClientKnownRequestError(message, { code: 'P2025', clientVersion: Prisma.prismaVersion.client, meta: { modelName } });
