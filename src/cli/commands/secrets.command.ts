import type { Command } from 'commander';
import type { RotationResult } from '../../database/sealed-secrets.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

const describe = ({ table, resealed, unreadable }: RotationResult): string =>
  `${table}: ${resealed} values re-encrypted${unreadable > 0 ? `, ${unreadable} cannot be decrypted with APP_SECRET or APP_SECRET_PREVIOUS` : ''}`;

/** `tenantry secrets:rotate`: the second step of changing APP_SECRET. docs/secrets.md describes all three. */
export function rotateSecretsCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'secrets:rotate',
    description: 'Re-encrypts with APP_SECRET everything that was encrypted with APP_SECRET_PREVIOUS. It can be stopped and run again.',
    examples: ['secrets:rotate'],
    exits: { failed: 'error, or a value cannot be decrypted' },
  }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'secrets:rotate', options }, async (app) => {
      const { SealedSecretsService } = await import('../../database/sealed-secrets.service.js');
      const results = await withProgress(terminal, 'Re-encrypting', (show) => app.get(SealedSecretsService).rotate(show));
      return { value: { results }, lines: () => results.map(describe), exit: results.some(({ unreadable }) => unreadable > 0) ? 'failed' : 'done' };
    }),
  );
}
