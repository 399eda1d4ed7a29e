import { DocumentKeys } from '../../src/common/crypto/document-keys.js';

/** Signs the receipt of an erasure of nobody, with the secret of an installation. */
export const signedReceipt = (secret: string): Promise<string> =>
  new DocumentKeys({ purpose: 'erasure-receipt', type: 'tenantry-erasure-receipt' }, secret, []).signDocument({
    erasure: '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024',
    userId: '01a1fbfe-dfd7-7469-bc28-6f4aa9bf4025',
    requestedBy: 'person',
    requestedAt: '2026-11-21T10:00:00.000Z',
    completedAt: '2026-11-21T10:00:40.000Z',
    tables: { users: 1 },
  });
