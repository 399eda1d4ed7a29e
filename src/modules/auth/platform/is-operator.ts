import type { PlatformDb, PlatformTransaction } from '../../../database/platform-db.js';

/** Whether a user is an operator at the moment of the query. */
export const isOperator = async (db: PlatformDb | PlatformTransaction, userId: string): Promise<boolean> => (await db.platformAdmin.count({ where: { userId } })) > 0;
