import type { PlatformTransaction } from '../../../database/transactions.js';

/** Whether a user is an operator at the moment of the transaction. */
export const isOperator = async (tx: PlatformTransaction, userId: string): Promise<boolean> => (await tx.platformAdmin.count({ where: { userId } })) > 0;
