import type { Command } from 'commander';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import type { Terminal } from '../terminal.js';

interface OpenApiOptions extends CommonOptions {
  readonly document: string;
  readonly routes: string;
}

/** `tenantry openapi`: writes the OpenAPI document and the list of routes. It needs no database. */
export function openApiCommand(terminal: Terminal): Command {
  return command({
    name: 'openapi',
    description: 'Writes the OpenAPI document and the list of routes with their access rules.',
    examples: ['openapi', 'openapi --document api.json --routes routes.txt'],
  })
    .option('--document <file>', 'file for the OpenAPI document', 'openapi.json')
    .option('--routes <file>', 'file for the list of routes', 'test/route-access.txt')
    .action(({ document, routes, json }: OpenApiOptions) =>
      runAndPrint(terminal, json, async () => {
        const { writeOpenApiFiles: writeContract } = await import('../openapi-files.js');
        await writeContract(document, routes);
        return { value: { document, routes }, lines: () => [] };
      }),
    );
}
