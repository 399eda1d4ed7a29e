import type { Command } from 'commander';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { table } from '../output.js';
import type { Terminal } from '../terminal.js';

const verdicts = {
  true: 'This installation has signed the receipt.',
  false: 'The receipt was changed after it was signed.',
  undefined: 'No key of this installation has signed the receipt.',
};

/** `tenantry erasure:verify`: verifies the receipt of an erasure. */
export const erasureVerifyCommand = (terminal: Terminal): Command =>
  applicationCommand({
    name: 'erasure:verify',
    description: 'Verifies the receipt of the erasure of a person, and prints what it says.',
    examples: ['erasure:verify eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl'],
    exits: { failed: 'error, or it is not a receipt that this installation has signed' },
  })
    .argument('<receipt>', 'receipt, as it was mailed to the person')
    .action((token: string, options: ApplicationOptions) =>
      runInApplication(terminal, { name: 'erasure:verify', options }, async (app) => {
        const { ErasureReceiptsService } = await import('../../modules/people/erasure-receipts.service.js');
        const read = await app.get(ErasureReceiptsService).verify(token);
        if (read === undefined) return { value: { signed: false, receipt: null }, lines: () => ['This is not a receipt.'], exit: 'failed' };
        const { receipt, signed } = read;
        const { tables, ...about } = receipt;
        const lines = (): string[] => [verdicts[`${signed}`], ...table([...Object.entries(about), ...Object.entries(tables)])];
        return { value: { signed: signed === true, receipt }, lines: signed === true ? lines : () => [verdicts[`${signed}`]], exit: signed === true ? 'done' : 'failed' };
      }),
    );
