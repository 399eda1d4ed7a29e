import type { Command } from 'commander';
import type { RotationResult } from '../../database/sealed-secrets.service.js';
import { runInApplication, applicationCommand, type ApplicationOptions } from '../command.js';
import { withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

const describe = ({ table, resealed, unreadable }: RotationResult): string =>
  `${table}: ${resealed} sealed anew${unreadable > 0 ? `, ${unreadable} cannot be opened with any secret that is known` : ''}`;

/** `tenantry secrets:rotate`: the second step of changing APP_SECRET; docs/secrets.md has all three. */
export function rotateSecretsCommand(terminal: Terminal): Command {
  return applicationCommand({
    name: 'secrets:rotate',
    description: 'Seal everything that APP_SECRET_PREVIOUS has sealed anew under APP_SECRET. Can be stopped and run again.',
    examples: ['secrets:rotate'],
    exits: { failed: 'failed, or something cannot be opened' },
  }).action((options: ApplicationOptions) =>
    runInApplication(terminal, { name: 'secrets:rotate', options }, async (app) => {
      const { SealedSecretsService } = await import('../../database/sealed-secrets.service.js');
      const results = await withProgress(terminal, 'Sealing anew', (show) => app.get(SealedSecretsService).rotate(show));
      return { value: { results }, lines: () => results.map(describe), exit: results.some(({ unreadable }) => unreadable > 0) ? 'failed' : 'done' };
    }),
  );
}
